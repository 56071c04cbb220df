use super::*;

fn error(url: &str) -> String {
    let error = parse(url).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Config, "{url}");
    format!("{error:?}")
}

#[test]
fn settings_are_read_from_the_url() {
    let config = parse(
        "postgres://u:p@h/d?receiver_connections=2&worker_connections=3&schema=a%20b&poll_interval_ms=50\
         &durability=replicated:2&pooler=transaction&application_name=x",
    )
    .unwrap();
    assert_eq!((config.receiver_connections, config.worker_connections), (2, 3));
    assert_eq!(config.schema.as_deref(), Some("a b"));
    assert_eq!(config.poll_interval, Some(Duration::from_millis(50)));
    assert_eq!((config.durability, config.transaction_pooler), (Durability::Replicated(2), true));
    assert_eq!(config.server.get_application_name(), Some("x"));
    let durability = |value: &str| parse(&format!("postgres://h/d?durability={value}")).map(|config| config.durability);
    assert_eq!(durability("local").unwrap(), Durability::Local);
    assert_eq!(durability("replicated").unwrap(), Durability::Replicated(1));
    assert_eq!(durability("storage").unwrap(), Durability::Storage);
    for wrong in ["replicated:0", "replicated:x", "local:2", "canary"] {
        let text = error(&format!("postgres://h/d?durability={wrong}"));
        assert!(text.contains("`durability`") && !text.contains("canary"), "{text}");
    }
    for wrong in ["receiver_connections=0", "worker_connections=-1", "poll_interval_ms=x", "pooler=true"] {
        let name = wrong.split('=').next().unwrap();
        assert!(error(&format!("postgres://h/d?{wrong}")).contains(name), "{wrong}");
    }
}

#[test]
fn schema_is_taken_out_of_the_options() {
    for (options, schema, others) in [
        ("-csearch_path%3Dinbox_b", Some("inbox_b"), None),
        ("-c%20search_path%3Da%2Cb", Some("a"), None),
        ("--search_path%3D%22x%22%20-cgeqo%3Doff", Some("x"), Some("-cgeqo=off")),
        ("-c%20geqo%3Doff%20-cstatement_timeout%3D5", None, Some("-cgeqo=off -cstatement_timeout=5")),
    ] {
        let config = parse(&format!("postgres://h/d?options={options}&connect_timeout=3")).unwrap();
        assert_eq!((config.schema.as_deref(), config.server.get_options()), (schema, others), "{options}");
    }
}

/// Fault S5.
#[test]
fn unknown_parameters_are_named_with_ours() {
    for (parameter, instead) in [
        ("search_path=x", "`schema`"),
        ("pgbouncer=true", "pooler=transaction"),
        ("connection_limit=5", "`receiver_connections`"),
        ("pool_timeout=5", "remove it"),
        ("sslcert=/x", "client certificates"),
        ("canary_name=canary", "`canary_name`"),
    ] {
        let text = error(&format!("postgres://u:secret@h/d?{parameter}"));
        assert!(text.contains(parameter.split('=').next().unwrap()) && text.contains(instead), "{text}");
        assert!(!text.contains("secret") && !text.contains("=canary"), "{text}");
    }
}

/// Fault S4.
#[test]
fn a_password_that_is_not_encoded_is_hinted_at_and_not_quoted() {
    for url in [
        "postgres://u:can@ary/x@h/d",
        "postgres://u:canary?x@h@y/d",
        "postgres://u:canary@h/d?canary-1=2",
        "postgres://u:canary@h/d?canary",
        "postgres://u:canary@h:canary/d",
        "postgres://u:canary@/d",
    ] {
        let text = error(url);
        assert!(!text.contains("canary") && !text.contains("ary/x"), "{text}");
        assert!(text.contains("%40") || text.contains("names no host"), "{text}");
    }
    let config = parse("postgres://u:p%40ss%2Fw@h/d").unwrap();
    assert_eq!(config.server.get_password(), Some(&b"p@ss/w"[..]));
    assert!(!format!("{config:?}").contains("p@ss"));
    let config = parse("postgres://u:p?@h/d?application_name=a@b").unwrap();
    assert_eq!((config.server.get_password(), config.server.get_application_name()), (Some(&b"p?"[..]), Some("a@b")));
}

/// Fault S6.
#[test]
fn the_server_that_accepts_writes_is_looked_for_in_random_order() {
    for url in ["postgres://u@a,b/d", "postgres://u@a/d", "postgres://u@a,b/d?target_session_attrs=any"] {
        let config = parse(url).unwrap().server;
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite, "{url}");
        assert_eq!(config.get_load_balance_hosts(), LoadBalanceHosts::Random, "{url}");
    }
    assert_eq!(hosts(&parse("postgres://u@a:1,b/d").unwrap().server), "a:1, b:5432");
}

#[test]
fn tls_parameters() {
    let config = parse("postgres://h/d?sslmode=disable&channel_binding=require").unwrap();
    assert_eq!(config.server.get_channel_binding(), ChannelBinding::Prefer, "with a warning");
    if cfg!(feature = "postgres-tls") {
        for mode in ["require", "verify-ca", "verify-full"] {
            let config = parse(&format!("postgres://h/d?sslmode={mode}&sslrootcert=%2Fa%20b")).unwrap();
            assert_eq!((config.server.get_ssl_mode(), config.roots), (SslMode::Require, Some("/a b".into())), "{mode}");
        }
        assert_eq!(parse("postgres://h/d?sslrootcert=system").unwrap().roots, None);
    } else {
        assert!(error("postgres://h/d?sslmode=verify-full").contains("postgres-tls"));
    }
    assert!(parse("postgres://h/d?sslrootcert=%FF").is_err());
}
