//! The URL of a store. Errors quote no value: where the URL is wrong, a piece of the password may be anywhere.

use std::{path::PathBuf, time::Duration};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tokio_postgres::{
    Config,
    config::{ChannelBinding, Host, LoadBalanceHosts, SslMode, TargetSessionAttrs},
};

use super::config::{Durability, PostgresConfig};
use crate::{Error, observe};

/// Parameters of the driver.
const DRIVER: [&str; 19] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslmode",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

const ENCODE: &str = "write `postgres://user:password@host/database`, with special characters of user and password \
                      percent-encoded (`@` as %40, `/` as %2F, `?` as %3F)";

/// Reads a URL.
pub(super) fn parse(url: &str) -> Result<PostgresConfig, Error> {
    let unreadable = || Error::config(format!("the store's URL cannot be read: {ENCODE}"));
    let (scheme, rest) = url.split_once("://").ok_or_else(unreadable)?;
    // A password may contain a question mark.
    let user = rest.find('@').unwrap_or_default();
    let query = rest.get(user..).and_then(|rest| rest.find('?')).map_or(rest.len(), |at| user + at);
    let (base, query) = rest.split_at_checked(query).ok_or_else(unreadable)?;
    if base.matches('@').count() > 1 {
        return Err(Error::config(format!("the store's URL has more than one `@`: {ENCODE}")));
    }
    let name = base.split([':', '@']).next().unwrap_or_default();
    if base.contains('@') && name.contains(['/', '?']) {
        return Err(unreadable());
    }
    let (mut driver, mut ours) = (Vec::new(), Vec::new());
    for part in query.trim_start_matches('?').split('&').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(unreadable)?;
        let text = percent_decode_str(value).decode_utf8().map_err(|_| unreadable())?.into_owned();
        match key {
            "sslmode" if matches!(&*text, "verify-full" | "verify-ca") => driver.push("sslmode=require".to_owned()),
            "options" => {
                let (schema, options) = take_search_path(&text);
                ours.extend(schema.map(|schema| ("schema", schema)));
                if !options.is_empty() {
                    driver.push(format!("options={}", utf8_percent_encode(&options, NON_ALPHANUMERIC)));
                }
            }
            // The driver takes the first `@` for the end of the user.
            key if DRIVER.contains(&key) => driver.push(part.replace('@', "%40")),
            key => ours.push((key, text)),
        }
    }
    let separator = if driver.is_empty() { "" } else { "?" };
    let server = format!("{scheme}://{base}{separator}{}", driver.join("&")).parse();
    let mut config = PostgresConfig::of(server.map_err(|_| unreadable())?);
    for (key, value) in &ours {
        config = set(config, key, value)?;
    }
    complete(&mut config)?;
    Ok(config)
}

/// Sets a parameter that is not the driver's.
fn set(config: PostgresConfig, key: &str, value: &str) -> Result<PostgresConfig, Error> {
    let wrong = |expected: &str| Error::config(format!("parameter `{key}` of the store's URL must be {expected}"));
    let number = || value.parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(|| wrong("a positive number"));
    match key {
        "sslrootcert" => {
            let roots = Some(value).filter(|file| !file.is_empty() && *file != "system").map(PathBuf::from);
            Ok(PostgresConfig { roots, ..config })
        }
        "schema" => Ok(config.schema(value)),
        "receiver_connections" => Ok(config.receiver_connections(number()? as usize)),
        "worker_connections" => Ok(config.worker_connections(number()? as usize)),
        "poll_interval_ms" => Ok(config.poll_interval(Duration::from_millis(number()?.into()))),
        "durability" => {
            let durability = match value.split_once(':').unwrap_or((value, "1")) {
                ("local", "1") => Some(Durability::Local),
                ("storage", "1") => Some(Durability::Storage),
                ("replicated", standbys) => standbys.parse().ok().filter(|n| *n > 0).map(Durability::Replicated),
                _ => None,
            };
            let expected = "`local`, `replicated`, `replicated:N` or `storage`";
            Ok(config.durability(durability.ok_or_else(|| wrong(expected))?))
        }
        "pooler" => match value {
            "transaction" => Ok(config.transaction_pooler(true)),
            "session" => Ok(config.transaction_pooler(false)),
            _ => Err(wrong("`transaction` or `session`")),
        },
        _ => Err(unknown(key)),
    }
}

/// Names a parameter that is not known, and what to write instead, unless it may be a piece of a password.
fn unknown(key: &str) -> Error {
    if key.is_empty() || !key.chars().all(|char| char.is_ascii_alphabetic() || char == '_') {
        return Error::config(format!("the store's URL has a parameter that is not known: {ENCODE}"));
    }
    let instead = match &*key.to_ascii_lowercase() {
        "search_path" | "currentschema" | "current_schema" => "use `schema`",
        "pgbouncer" => "use `pooler=transaction` behind a transaction pooler, and nothing behind a session pooler",
        "connection_limit" | "max_connections" | "pool_max_conns" | "pool_size" => {
            "use `receiver_connections` and `worker_connections`"
        }
        "pool_timeout" | "statement_timeout" | "socket_timeout" => "remove it; the inbox has timeouts of its own",
        "sslcert" | "sslkey" | "sslpassword" => "client certificates are not supported; use a password",
        "sslcrl" | "sslcrldir" => "revocation lists are not supported",
        _ => "remove it",
    };
    Error::config(format!("parameter `{key}` of the store's URL is not known: {instead}"))
}

/// Takes `search_path` out of libpq's `options`, because poolers drop or reject it. Returns its first schema.
fn take_search_path(options: &str) -> (Option<String>, String) {
    let (mut schema, mut others) = (None, Vec::new());
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        let (setting, long) = match word {
            "-c" => (words.next().unwrap_or_default(), false),
            word if word.starts_with("--") => (word.trim_start_matches('-'), true),
            word if word.starts_with("-c") => (word.trim_start_matches("-c"), false),
            word => {
                others.push(word.to_owned());
                continue;
            }
        };
        match setting.split_once('=') {
            Some(("search_path", path)) => {
                let first = path.split(',').next().unwrap_or_default().trim();
                schema = Some(first.trim_matches('"').to_owned());
            }
            _ => others.push(format!("{}{setting}", if long { "--" } else { "-c" })),
        }
    }
    (schema, others.join(" "))
}

/// Sets what the URL does not say.
fn complete(config: &mut PostgresConfig) -> Result<(), Error> {
    let server = &mut config.server;
    if server.get_hosts().is_empty() && server.get_hostaddrs().is_empty() {
        return Err(Error::config("the store's URL names no host"));
    }
    let asks_for_tls = match server.get_ssl_mode() {
        SslMode::Disable => false,
        SslMode::Prefer => config.roots.is_some(),
        _ => true,
    };
    if asks_for_tls && !cfg!(feature = "postgres-tls") {
        return Err(Error::config(
            "the store's URL asks for TLS: add the feature `inbox-postgres-tls` of idhooks (`postgres-tls` of \
             idhooks-inbox)",
        ));
    }
    if server.get_channel_binding() == ChannelBinding::Require {
        server.channel_binding(ChannelBinding::Prefer);
        observe::setting_replaced(
            "the store's URL has channel_binding=require, which the inbox does not support: it verifies the server's \
             certificate instead if sslmode is require",
        );
    }
    if server.get_application_name().is_none() {
        server.application_name("idhooks-inbox");
    }
    // One name may have several addresses. In random order, because a server that failed may accept connections and be
    // silent: asked first each time, it would leave no time for another one.
    server.load_balance_hosts(LoadBalanceHosts::Random);
    server.target_session_attrs(TargetSessionAttrs::ReadWrite);
    if server.get_connect_timeout().is_none() {
        server.connect_timeout(Duration::from_secs(2));
    }
    // A server that is gone without a word is noticed within seconds, not after the two hours of the default.
    if server.get_tcp_user_timeout().is_none() {
        server.tcp_user_timeout(Duration::from_secs(8));
    }
    if server.get_keepalives_idle() >= Duration::from_secs(7200) {
        server.keepalives_idle(Duration::from_secs(10));
    }
    if server.get_keepalives_interval().is_none() {
        server.keepalives_interval(Duration::from_secs(3));
    }
    if server.get_keepalives_retries().is_none() {
        server.keepalives_retries(3);
    }
    Ok(())
}

/// Returns the servers as `host:port`.
pub(super) fn hosts(server: &Config) -> String {
    let names = server.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let mut names: Vec<String> = names.collect();
    if names.is_empty() {
        names = server.get_hostaddrs().iter().map(ToString::to_string).collect();
    }
    let ports = server.get_ports();
    let port = |place: usize| ports.get(place).or(ports.first()).copied().unwrap_or(5432);
    let hosts = names.into_iter().enumerate().map(|(place, name)| format!("{name}:{}", port(place)));
    hosts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "tests/url.rs"]
mod tests;
