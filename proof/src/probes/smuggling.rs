//! Requests that two programs in a row could read differently.

use std::{fmt::Write, time::Duration};

use super::{
    verdict::{Check, Finding},
    world::World,
};
use crate::{Failure, client::Door, stage::SITE_NAME};

const NGINX: &str = "nginx";
const SILENCE: Duration = Duration::from_millis(1_500);
/// What `{host}`, `{form}` and `{smuggled}` stand for: the header Host, the beginning of a form, and a request inside of another.
const PARTS: [(&str, &str); 3] = [
    ("{host}", "Host: quartile.example\r\n"),
    (
        "{form}",
        "POST /theme HTTP/1.1\r\nHost: quartile.example\r\nContent-Type: application/x-www-form-urlencoded\r\n",
    ),
    ("{smuggled}", "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"),
];
const TWO_LENGTHS: &str = "length and chunks";
/// Requests that have to be refused, and their connection closed.
const ODD: [(&str, &str); 12] = [
    (TWO_LENGTHS, "{form}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"),
    ("two lengths", "{form}Content-Length: 0\r\nContent-Length: 38\r\n\r\n{smuggled}"),
    ("a list of lengths", "{form}Content-Length: 0, 38\r\n\r\n{smuggled}"),
    ("a signed length", "{form}Content-Length: +0\r\n\r\n{smuggled}"),
    ("a negative length", "{form}Content-Length: -1\r\n\r\n{smuggled}"),
    ("odd chunks", "{form}Transfer-Encoding: xchunked\r\n\r\n{smuggled}"),
    (
        "chunks twice",
        "{form}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{smuggled}",
    ),
    ("a folded header", "GET / HTTP/1.1\r\n{host}X-A: b\r\n c\r\n\r\n"),
    ("a space before the colon", "GET / HTTP/1.1\r\n{host}Content-Length : 5\r\n\r\n"),
    ("two hosts", "GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"),
    ("no host", "GET / HTTP/1.1\r\n\r\n"),
    ("a NUL in a header", "GET / HTTP/1.1\r\n{host}X-A: b\0c\r\n\r\n"),
];

/// Nothing passes in the shadow of another request.
pub(crate) async fn p44_nothing_is_smuggled(world: &World) -> Finding {
    let mut check = Check::new();
    let mut doors = vec![("a node", world.main.door_of(0).ok_or("no node")?)];
    if world.main.nginx.is_some() {
        doors.push((NGINX, world.door()));
    }
    for (place, door) in &doors {
        for (what, request) in requests() {
            refused(&mut check, (place, door), (what, &request)).await?;
        }
        believed(&mut check, place, door).await?;
    }
    check.verdict(format!("{} requests at {} place(s)", requests().len() + 2, doors.len()))
}

fn requests() -> Vec<(&'static str, String)> {
    let whole = |request: &str| {
        PARTS.iter().fold(request.to_owned(), |request, (name, text)| request.replace(name, text))
    };
    let mut all: Vec<(&str, String)> = ODD.iter().map(|(what, request)| (*what, whole(request))).collect();
    let long = "a".repeat(64 * 1024);
    all.push(("64 kB of address", whole(&format!("GET /{long} HTTP/1.1\r\n{{host}}\r\n"))));
    let mut headers = String::new();
    for number in 0..200 {
        // Writing to a text cannot fail.
        let _ = write!(headers, "X-H{number}: a\r\n");
    }
    all.push(("200 headers", whole(&format!("GET / HTTP/1.1\r\n{{host}}{headers}\r\n"))));
    all
}

async fn refused(
    check: &mut Check,
    (place, door): (&str, &Door),
    (what, request): (&str, &str),
) -> Result<(), Failure> {
    let answer = door.send_raw(request.as_bytes(), SILENCE).await?;
    let status = answer.status();
    // Of two lengths the chunks may count, as long as nothing more is read from the line (RFC 9112, 6.3).
    let may_be_read = what == TWO_LENGTHS;
    let is_refusal = |status| [400, 403, 413, 414, 431, 501].contains(&status);
    check.that(may_be_read || status.is_none_or(is_refusal), || format!("{what} at {place}: got {status:?}"));
    check.that(answer.answers() <= 1, || format!("{what} at {place}: {} answers", answer.answers()));
    // nginx may pass on what a node refused and keep its own line, on which it has read the request to its end.
    check.that(answer.is_closed || answer.answers() == 0 || place == NGINX, || {
        format!("{what} at {place}: the connection stays open")
    });
    Ok(())
}

/// A request line may name the whole address; what counts is still ours. Bare line feeds are one request at most.
async fn believed(check: &mut Check, place: &str, door: &Door) -> Result<(), Failure> {
    let request =
        format!("GET http://evil.example/sign-in HTTP/1.1\r\nHost: {SITE_NAME}\r\nConnection: close\r\n\r\n");
    let answer = door.send_raw(request.as_bytes(), SILENCE).await?;
    check.that(!answer.text.contains("evil.example"), || {
        format!("an absolute address at {place} is believed")
    });
    let request = format!("GET /health HTTP/1.1\nHost: {SITE_NAME}\n\n");
    let answer = door.send_raw(request.as_bytes(), SILENCE).await?;
    check.that(answer.answers() <= 1, || format!("bare line feeds at {place}"));
    Ok(())
}
