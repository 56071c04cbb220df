//! The samples of REST answers, typed; and what a vendor might make of them tomorrow.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]

use idhooks_capa::{
    Event, KycEvent, TransactionEvent, core,
    rest::{
        CheckResult, CheckStatus, KybDetails, KybStatus, KycDetails, KycVerdict, NotificationStatus, SortOrder,
        Transaction, TransactionStatus, TransactionType, WebhookNotification, WebhookNotificationSummary,
        WebhookSettings,
    },
};
use idhooks_fixtures::{
    rest::{CAPA, sample},
    suite::{Answer, Answers},
};
use serde_json::{Value, json};

/// Members whose text is about a person, or may be.
const PERSONAL: &[&str] = &[
    "accountIdentifier",
    "backIdImageUrl",
    "birthCountry",
    "birthDate",
    "businessName",
    "cancellationReason",
    "destinationWalletAddress",
    "documentIdentifier",
    "firstName",
    "frontIdImageUrl",
    "fullName",
    "gender",
    "iban",
    "idNumber",
    "lastName",
    "latestErrorPayload",
    "message",
    "nationality",
    "paymentUrl",
    "phoneNumber",
    "profession",
    "selfieImageUrl",
    "selfieVideoUrl",
    "taxId",
    "transactionHash",
    "url",
];

/// Places of words of which there may be new ones.
const OPEN: &[&str] = &[
    "aipriseSummary.verificationResult",
    "faceLivenessInfo.result",
    "faceLivenessInfo.status",
    "faceMatchInfo.result",
    "faceMatchInfo.status",
    "fraudInsights.result",
    "fraudInsights.status",
    "status",
    "type",
    "verificationStatus",
];

/// What stands inside the envelope of that sample.
fn data(name: &str) -> &'static [u8] {
    let body = sample("capa", name).body;
    let [data] = core::json::members(body, ["data"]);
    data.map_or(body, |data| data.get().as_bytes())
}

/// The first element of the list in that sample.
fn first(name: &str) -> Vec<u8> {
    let list: Value = serde_json::from_slice(data(name)).unwrap();
    list["data"][0].to_string().into_bytes()
}

fn read<'a, T: core::json::FromJson<'a>>(body: &'a [u8]) -> T {
    core::json::decode(body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body)))
}

#[test]
fn webhook_settings() {
    for name in ["update-webhook-settings", "update-webhook-settings-v1"] {
        let settings: WebhookSettings = read(data(name));
        assert_eq!(settings.id.as_str(), "12a121ad-cbea-4ec4-9e0a-5c861e528bba");
        assert_eq!(settings.partner_id.as_ref().unwrap().as_str(), "12a121ad-cbea-4ec4-9e0a-5c861e528bba");
        assert_eq!(&**settings.url.as_ref().unwrap().expose(), "https://some-webhook-endpoint.url");
        let made = settings.created_at.as_ref().unwrap();
        assert_eq!((made.as_str(), made.has_offset()), ("2024-04-05 13:45:27.063", false));
    }
    let off: WebhookSettings = read(data("update-webhook-settings-off"));
    assert_eq!(*off.url, None);
}

#[test]
fn notifications() {
    let summary = first("list-webhook-notifications");
    let summary: WebhookNotificationSummary = read(&summary);
    assert_eq!(summary.id.as_str(), "8374f327-38bd-4b0b-b8a7-2524599eb903");
    assert_eq!(*summary.status, Some(NotificationStatus::Failed));
    assert_eq!(summary.event_type.as_deref(), Some("CREATED_ON_RAMP"));
    assert_eq!((*summary.retry_attempts, *summary.manual_retry_count), (Some(5), Some(1)));

    let failed: WebhookNotification = read(data("get-webhook-notification"));
    assert_eq!(failed.id, summary.id);
    assert_eq!(*failed.status, Some(NotificationStatus::Failed));
    assert_eq!((*failed.retry_attempts, *failed.manual_retry_count, *failed.version), (Some(5), Some(1), Some(1)));
    assert_eq!(failed.last_manual_retry_at.as_ref().unwrap().as_str(), "2026-01-15T10:35:00.000Z");
    let error: Value = serde_json::from_str(failed.latest_error_payload.as_ref().unwrap().get()).unwrap();
    assert_eq!(error["success"], json!(false));
    let Event::Transaction(event) = failed.event().unwrap() else { panic!("a transaction") };
    assert_eq!(event.event, TransactionEvent::CreatedOnRamp);
    assert_eq!(event.transaction_id.as_str(), "14f6ba28-d285-4658-8dd7-8a1d903838c8");
    assert_eq!(&**event.first_name.as_ref().unwrap().expose(), "Martin");

    let queued: WebhookNotification = read(data("retry-webhook-notification"));
    assert_eq!(*queued.status, Some(NotificationStatus::Pending));
    assert_eq!((*queued.retry_attempts, *queued.manual_retry_count), (Some(0), Some(2)));
    assert_eq!(*queued.latest_error_payload, None);

    let kyc: WebhookNotification = read(data("get-webhook-notification-kyc"));
    assert_eq!(*kyc.status, Some(NotificationStatus::NotSent));
    assert_eq!(kyc.latest_error_payload.as_ref().unwrap().get(), r#""upstream timed out for Ana Prueba""#);
    let Event::Kyc(event) = kyc.event().unwrap() else { panic!("an identity check") };
    assert_eq!(event.event, KycEvent::RejectedKyc);
}

#[test]
fn the_payload_of_a_notification_is_read_as_a_delivery() {
    let error = |body: &str| read::<WebhookNotification>(body.as_bytes()).event().unwrap_err().to_string();
    assert_eq!(error(r#"{"id":"n"}"#), "payload is missing");
    assert_eq!(error(r#"{"id":"n","payload":null}"#), "payload is missing");
    assert_eq!(
        error(r#"{"id":"n","payload":{"type":"TRANSACTION","event":"CREATED_ON_RAMP"}}"#),
        "payload.transactionId is missing"
    );
    assert_eq!(error(r#"{"id":"n","payload":[]}"#), "payload is of another type than documented");
    let new: WebhookNotification = read(br#"{"id":"n","payload":{"type":"KYB","event":"VERIFIED"}}"#);
    assert!(!new.event().unwrap().is_known());
}

#[test]
fn transactions() {
    let body = first("list-transactions");
    let listed: Transaction = read(&body);
    assert_eq!(listed.id.as_str(), "tx-1");
    assert_eq!(listed.user_id.as_ref().unwrap().as_str(), "user-123");
    assert_eq!(*listed.status, Some(TransactionStatus::PendingPayment));
    assert_eq!(*listed.transaction_type, Some(TransactionType::OnRamp));
    assert_eq!(listed.crypto_amount.as_ref().unwrap().as_str(), "251.2");
    assert_eq!(listed.fiat_amount.as_ref().unwrap(), &"5000".parse().unwrap());
    assert_eq!((*listed.forwarding_days, *listed.effective_forwarding_days), (Some(2), Some(4)));
    assert_eq!(&**listed.cancellation_reason.as_ref().unwrap().expose(), "Transaction cancelled by user");
    let account = listed.bank_account.as_ref().unwrap();
    assert_eq!(&**account.iban.as_ref().unwrap().expose(), "DE89370400440532013000");
    assert_eq!(*account.is_verified, Some(true));
    let invoice = listed.invoice.as_ref().unwrap();
    assert_eq!(invoice.transaction_hash.as_ref().unwrap().expose().as_str(), "0xabc123...");
    assert_eq!(listed.source_bank_account.as_ref().unwrap().bank_name.as_deref(), Some("Santander"));
    assert_eq!(*listed.target_bank_account, None);

    let body = first("list-transactions-cross-ramp");
    let cross: Transaction = read(&body);
    assert_eq!(*cross.transaction_type, Some(TransactionType::CrossRamp));
    assert_eq!((cross.source_currency.as_deref(), cross.target_currency.as_deref()), (Some("DOP"), Some("MXN")));
    assert_eq!(cross.target_amount.as_ref().unwrap().as_str(), "1506.25");
    assert_eq!(*cross.crypto_amount, None);

    let cancelled: Transaction = read(data("cancel-transaction"));
    assert_eq!(cancelled.id.as_str(), "0483907e-ca31-432c-8234-fc401a921ef9");
    assert_eq!(*cancelled.status, Some(TransactionStatus::Cancelled));
    assert!(cancelled.status.as_ref().unwrap().is_final());

    let texts: Transaction = read(data("cancel-transaction-legacy"));
    assert_eq!(texts.crypto_amount.as_ref().unwrap().as_str(), "0.260000");
    assert_eq!(texts.fiat_amount.as_ref().unwrap().as_str(), "4.728013");
    assert_eq!(*texts.completed_at, None);
    assert_eq!(*texts.invoice.as_ref().unwrap().payment_url, None);
}

#[test]
fn what_creating_a_ramp_answers_is_a_transaction() {
    for name in ["create-on-ramp", "create-off-ramp"] {
        let created: Transaction = read(data(name));
        assert_eq!(*created.status, Some(TransactionStatus::PendingPayment));
        assert_eq!(created.exchange_rate.as_ref().unwrap().as_str(), "19.53964594161554");
        assert_eq!(created.bank_account.as_ref().unwrap().document_type.as_deref(), Some("RNC"));
    }
    let executed: Transaction = read(data("execute-off-ramp"));
    assert_eq!(*executed.status, Some(TransactionStatus::Pending));
    assert!(!executed.status.as_ref().unwrap().is_final());
}

#[test]
fn kyc_details() {
    for name in ["get-kyc-details-bare", "get-kyc-details"] {
        let details: KycDetails = read(data(name));
        assert_eq!(details.verdict(), Some(&KycVerdict::Verified));
        assert_eq!(details.client_reference_id.as_ref().unwrap().as_str(), "9486244c-ff7d-4c22-9984-797179d7deaa");
        let liveness = details.face_liveness_info.as_ref().unwrap();
        assert_eq!(
            (liveness.result.as_ref(), liveness.status.as_ref()),
            (Some(&CheckResult::Passed), Some(&CheckStatus::Approved))
        );
        assert_eq!(details.face_match_info.as_ref().unwrap().face_match_score.as_ref().unwrap().as_str(), "0.97");
        assert_eq!(*details.fraud_insights.as_ref().unwrap().result, Some(CheckResult::Clean));
        assert_eq!(&**details.id_info.as_ref().unwrap().full_name.as_ref().unwrap().expose(), "Juan Perez");
        let aml = details.aml_info.as_ref().unwrap();
        assert_eq!((*aml.num_hits, aml.entity_hits.as_ref().unwrap().len()), (Some(0), 0));
        let person = details.client_reference_data.as_ref().unwrap().personal_info.as_ref().unwrap();
        assert_eq!(&**person.phone_number.as_ref().unwrap().expose(), "+524401234567");
        let media = details.media.as_ref().unwrap();
        assert_eq!(&**media.selfie_video_url.as_ref().unwrap().expose(), "https://cdn.capa.fi/selfie.mp4");
    }
    assert_eq!(read::<KycDetails>(b"{}").verdict(), None);
}

#[test]
fn kyb_details() {
    let placeholders: KybDetails = read(data("get-kyb-details"));
    assert!(!placeholders.verification_status.as_ref().unwrap().is_known());
    assert_eq!(placeholders.beneficial_owners.as_ref().unwrap()[0].ownership_percent.as_ref().unwrap().as_str(), "123");

    let details: KybDetails = read(data("get-kyb-details-verified"));
    assert_eq!(*details.verification_status, Some(KybStatus::Verified));
    assert_eq!(&**details.business_info.as_ref().unwrap().tax_id.as_ref().unwrap().expose(), "CIN010101AB1");
    let owners = details.beneficial_owners.as_ref().unwrap();
    assert_eq!(owners.len(), 2);
    assert_eq!(owners[1].ownership_percent.as_ref().unwrap(), &"37.50".parse().unwrap());
    assert_eq!(details.verification_session_id.as_ref().unwrap().as_str(), "vs_kyb_0123456789");
}

#[test]
fn the_spelling_of_an_order_can_be_chosen() {
    assert_eq!(SortOrder::Descending.as_str(), "desc");
    assert_eq!(SortOrder::from("DESC").as_str(), "DESC");
}

/// A page may hold a hundred transactions; the shortest known stay within what one body may take.
#[test]
fn a_full_page_of_small_transactions_is_read() {
    let page =
        json!({ "data": vec![serde_json::from_slice::<Value>(data("cancel-transaction")).unwrap(); 100] }).to_string();
    core::payload! {
        struct Page {
            data: core::List<Transaction> = "data",
        }
    }
    let page: Page = core::json::decode(page.as_bytes()).unwrap();
    assert_eq!(page.data.len(), 100);
}

#[test]
fn drift() {
    let of_kyc = ["get-kyc-details", "get-kyc-details-bare"];
    let of_kyb = ["get-kyb-details", "get-kyb-details-verified"];
    let settings = ["update-webhook-settings", "update-webhook-settings-v1", "update-webhook-settings-off"];
    let notifications = ["get-webhook-notification", "retry-webhook-notification", "get-webhook-notification-kyc"];
    let transactions =
        ["cancel-transaction", "cancel-transaction-legacy", "create-on-ramp", "create-off-ramp", "execute-off-ramp"];
    let summaries = "list-webhook-notifications";
    let mut each = vec![Answer::of::<WebhookNotificationSummary>(summaries, first(summaries), &["id"])];
    each.extend(settings.map(|name| Answer::of::<WebhookSettings>(name, data(name), &["id"])));
    each.extend(notifications.map(|name| Answer::of::<WebhookNotification>(name, data(name), &["id"])));
    each.extend(transactions.map(|name| Answer::of::<Transaction>(name, data(name), &["id"])));
    each.extend(
        ["list-transactions", "list-transactions-cross-ramp"]
            .map(|name| Answer::of::<Transaction>(name, first(name), &["id"])),
    );
    each.extend(of_kyc.map(|name| Answer::of::<KycDetails>(name, data(name), &[])));
    each.extend(of_kyb.map(|name| Answer::of::<KybDetails>(name, data(name), &[])));
    Answers { each, personal: PERSONAL, impersonal: &[], open: OPEN }.keep_their_promises();
}

/// Every sample is either read into a type above or belongs to a call the client does not have.
#[test]
fn no_sample_is_forgotten() {
    let source = include_str!("rest.rs");
    let elsewhere = ["create-cross-ramp-quote", "create-quote", "create-user"];
    for sample in CAPA {
        let named = source.contains(&format!("\"{}\"", sample.name));
        let other =
            sample.name.starts_with("error-") || sample.name.ends_with("-request") || sample.name.ends_with("-empty");
        assert!(named || other || elsewhere.contains(&sample.name), "{sample:?}");
    }
}
