//! Calls known from public code alone.

use idhooks_client::{Error, Fetched, Request};

use super::Client;
use crate::{
    AttemptId, TransactionId,
    rest::{CompanyProfile, FaceAttempt, PersonProfile, TransactionDetails, TransactionOptions},
};

/// Calls that no page of the Connect API describes: public code makes them (observed July 2026). They may change in any
/// release of this crate. All only read, so the client retries all of them.
#[cfg_attr(docsrs, doc(cfg(feature = "unstable-rest")))]
impl Client {
    /// Reads a transaction: `GET /v1/transactions/{id}`.
    ///
    /// Act on this state after an event, because `COMPLETED` says nothing about the result.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_caf::Client) -> Result<(), idhooks_caf::Error> {
    /// use idhooks_caf::rest::TransactionOptions;
    ///
    /// let transaction = client.get_transaction(&"the transaction's id".into(), &TransactionOptions::new()).await?;
    /// println!("{:?}", transaction.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_not_found`] for an id Caf does not know (inferred); otherwise as any call. Also when the response is
    /// about another transaction, or has no field that is known.
    pub async fn get_transaction(
        &self,
        id: &TransactionId,
        options: &TransactionOptions,
    ) -> Result<Fetched<TransactionDetails>, Error> {
        let mut call = Request::get("/v1/transactions/{id}").with("id", id.as_str());
        for (name, is_on) in [
            ("_includeCroppedImages", options.include_cropped_images),
            ("_includePfRelationships", options.include_pf_relationships),
            ("_includeExecutionDetails", options.include_execution_details),
        ] {
            if is_on {
                call = call.query(name, "true");
            }
        }
        if let Some(lang) = &options.lang {
            call = call.query("_lang", lang);
        }
        let response = self.api.send(call).await?;
        let transaction: Fetched<TransactionDetails> = response.known(&[], &COMMON)?;
        if let Some(sent) = transaction.id.as_ref() {
            response.check_id("id", sent, id)?;
        }
        Ok(transaction)
    }

    /// Reads the profile of a person: `GET /v1/profiles/peoples/{cpf}`, bare digits.
    ///
    /// The CPF stands in the path, because Caf has it so: this client keeps it out of errors and spans, but proxies on
    /// the way may log it.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_caf::Client) -> Result<(), idhooks_caf::Error> {
    /// let profile = client.get_person_profile("00011122233").await?;
    /// println!("{:?}", profile.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_not_found`] for a person Caf does not know; otherwise as any call. Also when the response has
    /// another CPF, or no field that is known.
    pub async fn get_person_profile(&self, cpf: &str) -> Result<Fetched<PersonProfile>, Error> {
        let response = self.api.send(Request::get("/v1/profiles/peoples/{cpf}").with("cpf", cpf)).await?;
        let profile: Fetched<PersonProfile> = response.known(&[], &COMMON)?;
        // A masked number cannot be compared.
        if let Some(sent) = profile.cpf.as_ref().map(|sent| digits(sent.expose())).filter(|sent| sent.len() == 11) {
            response.check_id("cpf", &sent, &digits(cpf))?;
        }
        Ok(profile)
    }

    /// Reads the profile of a company: `GET /v1/profiles/companies/{cnpj}`, without marks.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_caf::Client) -> Result<(), idhooks_caf::Error> {
    /// let profile = client.get_company_profile("00000000000191").await?;
    /// println!("{:?}", profile.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_not_found`] for a company Caf does not know (inferred); otherwise as any call. Also when the
    /// response has no field that is known. No member is known that says which company it is about.
    pub async fn get_company_profile(&self, cnpj: &str) -> Result<Fetched<CompanyProfile>, Error> {
        let call = Request::get("/v1/profiles/companies/{cnpj}").with("cnpj", cnpj);
        self.api.send(call).await?.known(&[], &COMMON)
    }

    /// Reads an attempt to recognise a face: `GET /v1/faces/attempts/{attemptId}`.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_caf::Client) -> Result<(), idhooks_caf::Error> {
    /// let attempt = client.get_face_attempt(&"the attempt's id".into()).await?;
    /// println!("{attempt:?}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_not_found`] for an id Caf does not know (documented for the older Core API); otherwise as any
    /// call. Also when the response is about another attempt, or has no field that is known.
    pub async fn get_face_attempt(&self, id: &AttemptId) -> Result<Fetched<FaceAttempt>, Error> {
        let call = Request::get("/v1/faces/attempts/{attemptId}").with("attemptId", id.as_str());
        let response = self.api.send(call).await?;
        let attempt: Fetched<FaceAttempt> = response.known(&[], &COMMON)?;
        if let Some(sent) = attempt.data.as_ref().and_then(|data| data.id.as_ref()) {
            response.check_id("data.id", sent, id)?;
        }
        Ok(attempt)
    }
}

/// Every response has it, errors too.
const COMMON: [&str; 1] = ["requestId"];

/// A CPF without marks.
fn digits(cpf: &str) -> String {
    cpf.chars().filter(char::is_ascii_digit).collect()
}
