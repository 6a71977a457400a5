//! nginx in front of several nodes.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    Failure,
    stage::{Process, free_port},
};

/// The host that was asked for, as nginx knows it.
pub(crate) const AS_ASKED: &str = "$http_host";
const TEMPLATE: &str = include_str!("nginx.conf");

/// A running nginx.
pub(crate) struct Nginx {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What there is besides if it speaks TLS.
    pub(crate) tls: Option<Tls>,
    process: Process,
    _folder: TempDir,
}

/// What belongs to TLS.
pub(crate) struct Tls {
    /// The certificate that it shows and signed itself.
    pub(crate) certificate: PathBuf,
    /// Where it listens without TLS, only to send everybody on.
    pub(crate) plain_port: u16,
}

impl Nginx {
    /// Starts nginx in front of `nodes`, for the site `name`.
    pub(crate) async fn start(nodes: &[SocketAddr], name: &str) -> Result<Self, Failure> {
        Self::start_over(nodes, (name, AS_ASKED), false).await
    }

    /// The same with TLS and a certificate that it signed itself. `host` is handed on as the host that was asked for.
    pub(crate) async fn start_with_tls(
        nodes: &[SocketAddr],
        name: &str,
        host: &str,
    ) -> Result<Self, Failure> {
        Self::start_over(nodes, (name, host), true).await
    }

    async fn start_over(
        nodes: &[SocketAddr],
        (name, host): (&str, &str),
        is_tls: bool,
    ) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("quartile-nginx").tempdir()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let (mut listen, mut block, mut redirect, mut tls) = ("", String::new(), String::new(), None);
        if is_tls {
            make_certificate(&folder, name)?;
            let (home, plain_port) = (folder.path().display(), free_port()?);
            listen = " ssl";
            block = format!(
                "        ssl_certificate {home}/certificate.pem;\n        ssl_certificate_key {home}/key.pem;\n"
            );
            redirect = format!(
                "    server {{\n        listen 127.0.0.1:{plain_port};\n        return 301 https://$host:{}$request_uri;\n    }}\n",
                address.port()
            );
            tls = Some(Tls { certificate: folder.path().join("certificate.pem"), plain_port });
        }
        let lines: Vec<String> =
            nodes.iter().map(|node| format!("        server {node} max_fails=1 fail_timeout=1s;")).collect();
        let text = TEMPLATE
            .replace("{folder}", &folder.path().display().to_string())
            .replace("{nodes}", &lines.join("\n"))
            .replace("{port}", &address.port().to_string())
            .replace("{name}", name)
            .replace("{host}", host)
            .replace("{tls}", listen)
            .replace("{certificate}", &block)
            .replace("{redirect}", &redirect);
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, text)?;
        // Debian keeps it off the path of ordinary users.
        let mut command = Process::command("/usr/sbin/nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file).args(["-e", "stderr"]);
        let process = Process::start("nginx", &mut command, &folder.path().join("log"))?;
        let mut nginx = Self { address, tls, process, _folder: folder };
        nginx
            .process
            .ready_within(Duration::from_secs(20), async || TcpStream::connect(address).await.is_ok())
            .await?;
        Ok(nginx)
    }

    /// Everything it complained about.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }
}

fn make_certificate(folder: &TempDir, name: &str) -> Result<(), Failure> {
    let mut command = Command::new("openssl");
    command.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]);
    command.arg("-subj").arg(format!("/CN={name}"));
    command.arg("-addext").arg(format!("subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1"));
    command
        .arg("-keyout")
        .arg(folder.path().join("key.pem"))
        .arg("-out")
        .arg(folder.path().join("certificate.pem"));
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() { Ok(()) } else { Err("openssl made no certificate".into()) }
}
