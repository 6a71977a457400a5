//! One request through several programs.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    sync::mpsc::{Receiver, channel},
};

use serde_json::Value;

use crate::program::Program;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A provider that is not well; its address, and the trace that each request to it came with.
fn provider() -> (String, Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let (tell, traces) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let (mut asked, mut piece) = (String::new(), [0; 1024]);
            while !asked.contains("\r\n\r\n") {
                let length = stream.read(&mut piece).unwrap();
                asked.push_str(std::str::from_utf8(&piece[..length]).unwrap());
            }
            let trace = asked.lines().find_map(|line| line.strip_prefix("traceparent: "));
            if tell.send(trace.unwrap_or_default().to_owned()).is_err() {
                return;
            }
            stream.write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (address, traces)
}

/// The ids in the trace that the provider was asked with, and those of all lines that the program logged about the request.
fn traced(trusted: &str) -> (String, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    let (issuer, traces) = provider();
    let settings = [
        ("QUARTILE__LOG__FOLDER", logs.to_str().unwrap()),
        ("QUARTILE__SERVER__TRUSTED_PROXIES", trusted),
        ("QUARTILE__GOOGLE__ISSUER", &issuer),
        ("QUARTILE__GOOGLE__CLIENT_ID", "quartile"),
        ("QUARTILE__GOOGLE__CLIENT_SECRET", "not-a-secret"),
    ];
    let mut program = Program::start(folder.path(), &settings);
    let trace = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let headers = [("traceparent", trace.as_str()), ("x-forwarded-for", "192.0.2.7")];
    assert_eq!(program.ask("/sign-in/google", &headers).0, 303);
    program.stop();
    let log = std::fs::read_to_string(logs.join("quartile.log")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ids = lines.filter(|line| line["span"]["route"] == "/sign-in/google");
    (traces.recv().unwrap(), ids.map(|line| line["span"]["trace_id"].clone()).collect())
}

#[test]
fn what_a_trusted_proxy_traces_is_traced_through_the_log_and_beyond() {
    let (asked, logged) = traced("127.0.0.1");
    assert!(asked.starts_with(&format!("00-{TRACE}-")) && asked.ends_with("-01"), "{asked}");
    assert!(!asked.contains("00f067aa0ba902b7"), "a step of its own: {asked}");
    assert_eq!(logged, [TRACE, TRACE], "what went wrong, and the answer");
}

#[test]
fn a_trace_that_a_stranger_made_up_is_not_taken_over() {
    let (asked, logged) = traced("");
    assert!(!asked.contains(TRACE) && asked.len() == 55, "{asked}");
    assert!(logged.iter().all(|id| *id == asked[3..35]) && logged.len() == 2, "{logged:?}");
}
