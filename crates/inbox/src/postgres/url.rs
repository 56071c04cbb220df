//! What the URL says, and what is set where it says nothing.

#[cfg(feature = "postgres-rustls")]
use std::path::Path;
use std::{path::PathBuf, time::Duration};

use percent_encoding::percent_decode_str;
use tokio_postgres::{
    Config,
    config::{ChannelBinding, LoadBalanceHosts, SslMode, TargetSessionAttrs},
};

use crate::Error;

/// Where the server is, and how to speak to it.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    /// `None` if the URL wants none.
    #[cfg(feature = "postgres-rustls")]
    pub(super) tls: Option<super::tls::Tls>,
}

/// Reads the URL. Errors quote nothing of it: where it is written wrongly, a piece of the password may stand anywhere.
pub(super) fn read(url: &str) -> Result<Target, Error> {
    let (url, roots) = take_roots(&strict_modes(url))?;
    let mut config: Config = url.parse().map_err(|_| {
        Error::settings(
            "the store's URL cannot be read: write `postgres://user:password@host/database`, with special characters \
             of the password as %XX",
        )
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(Error::settings("the store's URL names no host"));
    }
    let asks_for_tls = match config.get_ssl_mode() {
        SslMode::Disable => false,
        SslMode::Prefer => roots.is_some(),
        _ => true,
    };
    if asks_for_tls && !cfg!(feature = "postgres-rustls") {
        return Err(Error::settings(
            "the store's URL asks for TLS, and this program was built without the feature `postgres-rustls` of \
             idhooks-inbox",
        ));
    }
    if config.get_channel_binding() == ChannelBinding::Require {
        return Err(Error::settings(
            "the store's URL asks for channel binding, which cannot be had here: leave `channel_binding=require` out",
        ));
    }
    if config.get_application_name().is_none() {
        config.application_name("idhooks-inbox");
    }
    // Of several servers, the one that takes writes; in no order, or one that takes connections and is silent, as one
    // that failed may be, would be asked first each time, and there is no time for another.
    if config.get_hosts().len().max(config.get_hostaddrs().len()) > 1 {
        config.load_balance_hosts(LoadBalanceHosts::Random);
        if config.get_target_session_attrs() == TargetSessionAttrs::Any {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(3));
    }
    notice_silence(&mut config);
    Ok(Target {
        #[cfg(feature = "postgres-rustls")]
        tls: tls(&config, roots.as_deref())?,
        config,
    })
}

#[cfg(feature = "postgres-rustls")]
fn tls(config: &Config, roots: Option<&Path>) -> Result<Option<super::tls::Tls>, Error> {
    match config.get_ssl_mode() {
        SslMode::Disable => Ok(None),
        // Where TLS is not insisted on, a machine without root certificates is no obstacle.
        SslMode::Prefer if roots.is_none() => Ok(super::tls::Tls::new(None).ok()),
        _ => super::tls::Tls::new(roots).map(Some),
    }
}

/// Takes libpq's `sslrootcert` out, which tokio-postgres does not know: a file of certificates to trust in place of the
/// system's, for which libpq says `system`.
fn take_roots(url: &str) -> Result<(String, Option<PathBuf>), Error> {
    // A password may have a question mark.
    let user = url.find('@').unwrap_or_default();
    let Some(query) = url.get(user..).and_then(|rest| rest.find('?')).map(|at| user + at) else {
        return Ok((url.to_owned(), None));
    };
    let (start, query) = url.split_at(query);
    let (mut roots, mut others) = (None, Vec::new());
    for part in query.trim_start_matches('?').split('&') {
        match part.strip_prefix("sslrootcert=") {
            Some(file) => roots = Some(percent_decode_str(file).decode_utf8()),
            None => others.push(part),
        }
    }
    let roots = roots.transpose().map_err(|_| Error::settings("the file of `sslrootcert` must be named in UTF-8"))?;
    let roots = roots.filter(|file| !file.is_empty() && file != "system").map(|file| PathBuf::from(&*file));
    let rest = others.join("&");
    Ok((if rest.is_empty() { start.to_owned() } else { format!("{start}?{rest}") }, roots))
}

/// A server that is gone without a word is noticed within seconds, not after the two hours of the default.
fn notice_silence(config: &mut Config) {
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(8));
    }
    if config.get_keepalives_idle() >= Duration::from_secs(7200) {
        config.keepalives_idle(Duration::from_secs(10));
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(Duration::from_secs(3));
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(3);
    }
}

/// Where TLS is required here, the certificate is verified: libpq's stricter words mean the same.
fn strict_modes(url: &str) -> String {
    url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_roots_is_taken_out_and_nothing_else() {
        let cases = [
            ("postgres://h/d", "postgres://h/d", None),
            ("postgres://h/d?sslrootcert=/a/b.pem", "postgres://h/d", Some("/a/b.pem")),
            ("postgres://u:p?sslrootcert=x@h/d?a=1", "postgres://u:p?sslrootcert=x@h/d?a=1", None),
            ("postgres://u:p?@h/d?a=1&sslrootcert=%2Fa%20b&c=2", "postgres://u:p?@h/d?a=1&c=2", Some("/a b")),
            ("postgres://h/d?sslrootcert=system&a=1", "postgres://h/d?a=1", None),
            ("postgres://h/d?sslrootcert=&a=%3F", "postgres://h/d?a=%3F", None),
            ("postgres://h/d?xsslrootcert=a", "postgres://h/d?xsslrootcert=a", None),
        ];
        for (url, rest, file) in cases {
            assert_eq!(take_roots(url).unwrap(), (rest.to_owned(), file.map(PathBuf::from)), "{url}");
        }
        assert!(take_roots("postgres://h/d?sslrootcert=%FF").is_err());
    }

    #[test]
    fn of_several_servers_the_one_that_takes_writes_is_looked_for_in_no_order() {
        for several in [
            "postgres://u@a,b/d",
            "postgres://u@a,b/d?target_session_attrs=read-write",
            "host=a,b user=u",
            "hostaddr=127.0.0.1,127.0.0.2 user=u",
        ] {
            let config = read(several).unwrap().config;
            assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite, "{several}");
            assert_eq!(config.get_load_balance_hosts(), LoadBalanceHosts::Random, "{several}");
        }
        let config = read("postgres://u@a/d").unwrap().config;
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::Any);
    }
}
