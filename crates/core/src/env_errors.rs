//! Every problem of the environment in one error.

use std::{error, fmt};

type Problem = Box<dyn error::Error + Send + Sync>;

/// Every variable that is missing or unusable, one line each. Returned by [`read_all`].
pub struct EnvErrors(Vec<Problem>);

impl EnvErrors {
    /// Returns the problems in the order in which they were read: each is an [`EnvError`](crate::EnvError), or the error of
    /// a client's `from_env`.
    pub fn iter(&self) -> impl Iterator<Item = &(dyn error::Error + Send + Sync + 'static)> {
        self.0.iter().map(|problem| &**problem)
    }
}

impl fmt::Display for EnvErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the environment is incomplete:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// Prints the same lines: a program that returns the error from `main` shows it in this form.
impl fmt::Debug for EnvErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for EnvErrors {}

/// Returns what several `from_env` functions read, or one error that names every variable that is missing.
///
/// ```
/// use idhooks_core::{EnvErrors, Hmac, HmacSigned, read_all};
///
/// fn verifiers<A: HmacSigned, B: HmacSigned>() -> Result<(Hmac<A>, Hmac<B>), EnvErrors> {
///     read_all((Hmac::from_env(), Hmac::from_env()))
/// }
/// ```
///
/// # Errors
/// If any of them failed.
pub fn read_all<R: Results>(results: R) -> Result<R::Values, EnvErrors> {
    results.all()
}

/// A tuple of up to eight results.
pub trait Results {
    /// The tuple of their values.
    type Values;

    #[doc(hidden)]
    fn all(self) -> Result<Self::Values, EnvErrors>;
}

macro_rules! results {
    ($($value:ident $error:ident $name:ident),+) => {
        impl<$($value, $error: Into<Problem>),+> Results for ($(Result<$value, $error>,)+) {
            type Values = ($($value,)+);

            fn all(self) -> Result<Self::Values, EnvErrors> {
                let ($($name,)+) = self;
                let mut problems = Vec::new();
                $(let $name = $name.map_err(|problem| problems.push(problem.into())).ok();)+
                match ($($name,)+) {
                    ($(Some($name),)+) => Ok(($($name,)+)),
                    _ => Err(EnvErrors(problems)),
                }
            }
        }
    };
}

results!(A EA a);
results!(A EA a, B EB b);
results!(A EA a, B EB b, C EC c);
results!(A EA a, B EB b, C EC c, D ED d);
results!(A EA a, B EB b, C EC c, D ED d, E EE e);
results!(A EA a, B EB b, C EC c, D ED d, E EE e, F EF f);
results!(A EA a, B EB b, C EC c, D ED d, E EE e, F EF f, G EG g);
results!(A EA a, B EB b, C EC c, D ED d, E EE e, F EF f, G EG g, H EH h);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_problem() {
        let missing = |name: &str| Err::<u8, _>(format!("{name} is not set"));
        assert_eq!(read_all((Ok::<_, String>(1), Ok::<_, String>("two"))).unwrap(), (1, "two"));
        let error = read_all((missing("A"), Ok::<_, String>(1), missing("B"))).unwrap_err();
        assert_eq!(error.to_string(), "the environment is incomplete:\n  A is not set\n  B is not set");
        assert_eq!(format!("{error:?}"), error.to_string());
        assert_eq!(error.iter().count(), 2);
    }
}
