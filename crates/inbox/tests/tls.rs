//! TLS to PostgreSQL: what is trusted, what is rejected, and what stays plain.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![cfg(feature = "postgres-tls")]

mod support;

use std::{
    env, fs,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use idhooks_inbox::{Error, Inbox};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use support::{
    caf,
    postgres::{Database, database},
};

/// What a client of PostgreSQL sends first if it wants TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Names the URL to the child. Without it `child` does nothing.
const URL: &str = "IDHOOKS_TEST_TLS_URL";

struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()))
    }

    /// Its certificate as a file.
    fn file(&self, folder: &TempDir) -> String {
        let file = folder.path().join("an authority.pem");
        fs::write(&file, self.certificate.pem()).unwrap();
        file.to_str().unwrap().to_owned()
    }
}

/// Sessions that reached the database.
#[derive(Default)]
struct Sessions {
    encrypted: AtomicUsize,
    plain: AtomicUsize,
}

impl Sessions {
    fn were(&self) -> (bool, bool) {
        (self.encrypted.load(Ordering::SeqCst) > 0, self.plain.load(Ordering::SeqCst) > 0)
    }
}

/// Stands in front of the database and speaks TLS for it, or says that it has none.
struct Front {
    database: Database,
    port: u16,
    sessions: Arc<Sessions>,
}

impl Front {
    async fn new(database: Database, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sessions = Arc::new(Sessions::default());
        let (server, counted) = (database.address(), Arc::clone(&sessions));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server.clone(), tls.clone(), Arc::clone(&counted)));
            }
        });
        Self { database, port, sessions }
    }

    /// The URL with these parameters.
    fn url(&self, parameters: &str) -> String {
        format!("{}&{parameters}", self.database.url_through(self.port))
    }

    /// Opens an inbox and uses it.
    async fn try_with(&self, parameters: &str) -> Result<(), Error> {
        use_once(&self.url(parameters)).await
    }
}

async fn use_once(url: &str) -> Result<(), Error> {
    let inbox = Inbox::open(url).await?;
    inbox.accept(&caf("1", "a")).await.map(drop)
}

async fn serve(
    mut client: TcpStream,
    server: String,
    tls: Option<TlsAcceptor>,
    sessions: Arc<Sessions>,
) -> std::io::Result<()> {
    let mut first = [0; 8];
    client.read_exact(&mut first).await?;
    if first == SSL_REQUEST {
        if let Some(tls) = tls {
            client.write_all(b"S").await?;
            let mut client = tls.accept(client).await?;
            sessions.encrypted.fetch_add(1, Ordering::SeqCst);
            let mut server = TcpStream::connect(server).await?;
            return copy_bidirectional(&mut client, &mut server).await.map(drop);
        }
        client.write_all(b"N").await?;
        client.read_exact(&mut first).await?;
    }
    sessions.plain.fetch_add(1, Ordering::SeqCst);
    let mut server = TcpStream::connect(server).await?;
    server.write_all(&first).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_a_trusted_authority_is_accepted() {
    for mode in ["require", "verify-ca", "verify-full", "prefer"] {
        let Some(database) = database().await else { return };
        let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
        let front = Front::new(database, Some(authority.acceptor("localhost"))).await;
        let file = authority.file(&folder).replace(' ', "%20");
        front.try_with(&format!("sslrootcert={file}&sslmode={mode}")).await.unwrap();
        assert_eq!(front.sessions.were(), (true, false), "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_an_unknown_authority_or_for_another_name_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let file = authority.file(&folder).replace(' ', "%20");
    for (front, what) in [(stranger.acceptor("localhost"), "a stranger's"), (authority.acceptor("elsewhere"), "a name")]
    {
        let Some(database) = database().await else { return };
        let front = Front::new(database, Some(front)).await;
        // With the file, and with the system's roots, which know neither.
        for roots in [format!("&sslrootcert={file}"), String::new(), "&sslrootcert=system".to_owned()] {
            for mode in ["require", "verify-ca", "verify-full"] {
                let error = front.try_with(&format!("sslmode={mode}{roots}")).await.unwrap_err();
                assert!(error.is_unavailable() && error.to_string().contains("certificate"), "{what}, {mode}: {error}");
            }
        }
        assert_eq!(front.sessions.were(), (false, false), "{what}");
        // Which insists on nothing.
        front.try_with(&format!("sslmode=prefer&sslrootcert={file}")).await.unwrap();
        assert_eq!(front.sessions.were(), (false, true), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_tls_a_connection_is_plain_only_if_the_mode_allows_it() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let file = authority.file(&folder).replace(' ', "%20");
    let (Some(with), Some(without)) = (database().await, database().await) else { return };
    let front = Front::new(with, Some(authority.acceptor("localhost"))).await;
    front.try_with("sslmode=disable").await.unwrap();
    front.try_with(&format!("sslmode=disable&sslrootcert={file}")).await.unwrap();
    assert_eq!(front.sessions.were(), (false, true));

    let front = Front::new(without, None).await;
    let error = front.try_with(&format!("sslmode=require&sslrootcert={file}")).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("TLS"), "{error}");
    assert_eq!(front.sessions.were(), (false, false));
    front.try_with(&format!("sslmode=prefer&sslrootcert={file}")).await.unwrap();
    assert_eq!(front.sessions.were(), (false, true));
}

#[tokio::test]
async fn a_wrong_file_of_roots_is_an_error_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    for file in [empty.to_str().unwrap(), "/no/such/file"] {
        for mode in ["require", "prefer"] {
            let url = format!("postgres://user@127.0.0.1:1/test?sslmode={mode}&sslrootcert={file}");
            let error = Inbox::open(&url).await.unwrap_err();
            assert!(!error.is_unavailable() && error.to_string().contains("sslrootcert"), "{error}");
            assert!(!format!("{error:?}").contains(file), "{error:?}");
        }
    }
}

/// The program whose environment names the roots.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(url) = env::var(URL) else { return };
    use_once(&url).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_may_name_the_roots() {
    let Some(database) = database().await else { return };
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let front = Front::new(database, Some(authority.acceptor("localhost"))).await;
    let run = |variable: &'static str| {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["child", "--exact"]).env(URL, front.url("sslmode=require")).env(variable, authority.file(&folder));
        child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        tokio::task::spawn_blocking(move || child.status().unwrap().success())
    };
    assert!(!run("ANOTHER_VARIABLE").await.unwrap(), "nobody vouches for it");
    assert_eq!(front.sessions.were(), (false, false));
    assert!(run("SSL_CERT_FILE").await.unwrap());
    assert_eq!(front.sessions.were(), (true, false));
}
