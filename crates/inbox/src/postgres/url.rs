//! What the URL says, and what is set where it says nothing.

use std::time::Duration;

use tokio_postgres::{
    Config,
    config::{ChannelBinding, SslMode, TargetSessionAttrs},
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
    let url = strict_modes(url);
    let mut config: Config = url.parse().map_err(|_| {
        Error::settings(
            "the store's URL can not be read: write `postgres://user:password@host/database`, with special characters \
             of the password as %XX",
        )
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(Error::settings("the store's URL names no host"));
    }
    if config.get_ssl_mode() == SslMode::Require && !cfg!(feature = "postgres-rustls") {
        return Err(Error::settings(
            "the store's URL asks for TLS, and this program was built without the feature `postgres-rustls` of \
             idhooks-inbox",
        ));
    }
    if config.get_channel_binding() == ChannelBinding::Require {
        return Err(Error::settings(
            "the store's URL asks for channel binding, which can not be had here: leave `channel_binding=require` out",
        ));
    }
    if config.get_application_name().is_none() {
        config.application_name("idhooks-inbox");
    }
    // Of several servers, the one that takes writes.
    if config.get_hosts().len() > 1 && config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(3));
    }
    notice_silence(&mut config);
    Ok(Target {
        #[cfg(feature = "postgres-rustls")]
        tls: tls(&config)?,
        config,
    })
}

#[cfg(feature = "postgres-rustls")]
fn tls(config: &Config) -> Result<Option<super::tls::Tls>, Error> {
    match config.get_ssl_mode() {
        SslMode::Disable => Ok(None),
        // Where TLS is not insisted on, a machine without root certificates is no obstacle.
        SslMode::Prefer => Ok(super::tls::Tls::new().ok()),
        _ => super::tls::Tls::new().map(Some),
    }
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
