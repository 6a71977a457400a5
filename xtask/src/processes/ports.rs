//! Ports of this machine and whether a server answers on them.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    time::Duration,
};

use crate::failure::Failure;

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener.and_then(|listener| listener.local_addr()).map(|address| address.port()).map_err(|cause| {
        Failure::new(format!("No free port on 127.0.0.1 ({cause}); check that the loopback interface is up"))
    })
}

/// Whether a page of a local server answers with 200.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    answer(port, path).is_ok_and(|answer| is_ok(&answer))
}

fn answer(port: u16, path: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut status_line = vec![0; 64];
    let length = stream.read(&mut status_line)?;
    status_line.truncate(length);
    Ok(status_line)
}

fn is_ok(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200") || answer.starts_with(b"HTTP/1.0 200")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_200_is_ready() {
        assert!(is_ok(b"HTTP/1.1 200 OK\r\n"));
        assert!(!is_ok(b"HTTP/1.1 503 Service Unavailable\r\n"));
        assert!(!is_ok(b""));
    }
}
