//! Sends a file with progress. Only ever called in a browser.

use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{FormData, ProgressEvent, XmlHttpRequest};

/// What happens to a file on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum News {
    /// So many bytes of so many have left.
    Sent {
        /// Bytes that have left.
        sent: f64,
        /// All bytes.
        total: f64,
    },
    /// The server answered.
    Answered {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// The connection broke.
    Broken,
    /// The person stopped it.
    Cancelled,
}

/// Posts `form` to `address` and tells what happens to it; aborting the request cancels the upload.
pub(crate) fn send(
    address: &str,
    form: &FormData,
    tell: impl Fn(News) + Clone + 'static,
) -> Result<XmlHttpRequest, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("POST", address)?;
    request.set_request_header("Accept", "application/json")?;
    let told = tell.clone();
    let progress =
        move |event: ProgressEvent| told(News::Sent { sent: event.loaded(), total: event.total() });
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(progress).into_js_value();
    request.upload()?.set_onprogress(Some(progress.unchecked_ref()));

    let (told, answered) = (tell.clone(), request.clone());
    let load = Closure::once_into_js(move || {
        let status = answered.status().unwrap_or_default();
        let body = answered.response_text().ok().flatten().unwrap_or_default();
        told(News::Answered { status, body });
    });
    request.set_onload(Some(load.unchecked_ref()));
    let told = tell.clone();
    let error = Closure::once_into_js(move || told(News::Broken));
    request.set_onerror(Some(error.unchecked_ref()));
    let abort = Closure::once_into_js(move || tell(News::Cancelled));
    request.set_onabort(Some(abort.unchecked_ref()));
    request.send_with_opt_form_data(Some(form))?;
    Ok(request)
}

/// Where the file is now, or the sentence that says why it was refused.
pub(crate) fn outcome(status: u16, body: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Accepted {
        location: String,
    }
    #[derive(Deserialize)]
    struct Problem {
        detail: String,
    }
    if let (201, Ok(accepted)) = (status, serde_json::from_str::<Accepted>(body)) {
        return Ok(accepted.location);
    }
    let sentence = serde_json::from_str::<Problem>(body).map(|problem| problem.detail);
    Err(sentence.unwrap_or_else(|_| match status {
        413 => "The file is too large for this server. Split it, or export a shorter period".to_owned(),
        _ => "The server gave no answer that could be read. Reload the page and see whether the file is in the list".to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_leads_to_the_file_or_says_what_is_wrong() {
        assert_eq!(
            outcome(201, r#"{"id":"1","location":"/w/a/data/1/format"}"#),
            Ok("/w/a/data/1/format".to_owned())
        );
        assert_eq!(outcome(422, r#"{"detail":"This file is empty"}"#), Err("This file is empty".to_owned()));
        assert!(outcome(413, "<html>").unwrap_err().contains("too large"));
        assert!(outcome(502, "").unwrap_err().contains("no answer"));
        assert!(outcome(201, "{}").is_err());
    }
}
