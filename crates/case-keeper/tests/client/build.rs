//! What a client cannot be built from.

use std::{
    env,
    io::{Write as _, stdout},
    process::Command,
};

use super::*;

fn refused(builder: ClientBuilder) -> String {
    error_chain(&builder.build().expect_err("it cannot be built"))
}

#[test]
fn what_is_wrong_is_said() {
    let base = |text: &str| text.parse::<Url>().expect("a URL");
    let good = || base("https://portal.example.com");
    let build = |id, secret, base| Client::builder(Credentials::new(id, secret), base);
    for (builder, why) in [
        (build("", "secret", good()), "the client id is empty"),
        (build("id\n", "secret", good()), "the client id has leading or trailing whitespace"),
        (build("id", "", good()), "the client secret is empty"),
        (build("id", "CANARY\n", good()), "the client secret has leading or trailing whitespace"),
        (
            build("id", "CANARY", base("http://portal.example.com")),
            "the base URL is plain http, which would expose the credentials",
        ),
        (build("id", "CANARY", base("https://u:CANARY@portal.example.com")), "the base URL holds a user or password"),
        (
            build("id", "CANARY", good()).token_url(base("http://portal.example.com/token")),
            "the token URL cannot be used: the base URL is plain http, which would expose the credentials",
        ),
        (
            build("id", "CANARY", base("https://portal.example.com/kyc")).version(Default::default()),
            "the base URL has a path of its own: it cannot take an API version",
        ),
    ] {
        assert_eq!(refused(builder), why);
    }
    assert!(build("id", "secret", good()).build().is_ok());
}

/// Setting a process's own variables is unsafe, so another one is started.
#[test]
fn from_the_environment() {
    const CHILD: &str = "IDHOOKS_TEST_CHILD";
    if env::var_os(CHILD).is_some() {
        let built = ClientBuilder::from_env();
        let said = built.map_or_else(|why| why.to_string(), |builder| format!("{builder:?}"));
        writeln!(stdout(), "<{said}>").expect("a parent");
        return;
    }
    let run = |variables: &[(&str, &str)]| {
        let mut child = Command::new(env::current_exe().expect("a program"));
        child.args(["--exact", "build::from_the_environment", "--nocapture"]).env(CHILD, "1");
        for name in ["CLIENT_ID", "CLIENT_SECRET", "BASE_URL", "TOKEN_URL", "API_VERSION"] {
            child.env_remove(format!("CASE_KEEPER_{name}"));
        }
        for (name, value) in variables {
            child.env(format!("CASE_KEEPER_{name}"), value);
        }
        let said = String::from_utf8(child.output().expect("it runs").stdout).expect("text");
        let (_, said) = said.split_once('<').expect("an answer");
        said.rsplit_once('>').expect("an answer").0.to_owned()
    };
    let id = ("CLIENT_ID", "id-1");
    let secret = ("CLIENT_SECRET", "CANARY");
    let base = ("BASE_URL", "https://portal.example.com");
    let missing = |names: &[&str]| {
        let lines: Vec<_> =
            names.iter().map(|name| format!("the environment variable CASE_KEEPER_{name} is not set")).collect();
        lines.join("; ")
    };
    assert_eq!(run(&[]), missing(&["CLIENT_ID", "CLIENT_SECRET", "BASE_URL"]));
    assert_eq!(run(&[id]), missing(&["CLIENT_SECRET", "BASE_URL"]));
    assert_eq!(run(&[id, secret]), "the environment variable CASE_KEEPER_BASE_URL is not set");
    assert_eq!(
        run(&[id, secret, ("BASE_URL", "portal")]),
        "the environment variable CASE_KEEPER_BASE_URL is not a URL"
    );
    let odd = ("API_VERSION", "v4");
    assert_eq!(run(&[id, secret, base, odd]), "the environment variable CASE_KEEPER_API_VERSION is neither v2 nor v3");
    let all = run(&[id, secret, base, ("API_VERSION", "v2"), ("TOKEN_URL", "https://login.example.com/token")]);
    for part in ["id-1", "portal.example.com", "V2", "login.example.com"] {
        assert!(all.contains(part), "{all}");
    }
    assert!(!all.contains("CANARY"), "{all}");
}
