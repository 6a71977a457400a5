//! A browser without JavaScript, with the cookies it was given.

use std::{collections::BTreeMap, net::Ipv4Addr};

use super::{Answer, Ask, Door};
use crate::Failure;

/// Someone who looks at pages and sends their forms.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Where the program is.
    pub(crate) door: Door,
    /// Cookies by name.
    pub(crate) cookies: BTreeMap<String, String>,
    /// The address it comes from.
    pub(crate) from: Ipv4Addr,
}

impl Browser {
    /// A browser without cookies.
    pub(crate) fn new(door: &Door) -> Self {
        Self { door: door.clone(), cookies: BTreeMap::new(), from: Ipv4Addr::LOCALHOST }
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        self.ask(Ask::get(path).header("accept", "text/html")).await
    }

    /// Sends a form as a page without JavaScript does. The page is opened first, to see where its form goes: `name` is the end of
    /// that address.
    pub(crate) async fn submit(
        &mut self,
        page: &str,
        name: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let opened = self.get(page).await?;
        let ending = format!("/{name}");
        let action = opened.attributes("action").into_iter().find(|action| action.ends_with(&ending));
        let action = action.ok_or_else(|| {
            format!("the page {page} has no form for {name}; it was answered with {}", opened.in_short())
        })?;
        self.post(&action, fields, page).await
    }

    /// Sends a form to an address, from a page.
    pub(crate) async fn post(
        &mut self,
        action: &str,
        fields: &[(&str, &str)],
        page: &str,
    ) -> Result<Answer, Failure> {
        let origin = format!("https://{}", self.door.name);
        let ask = Ask::post(action).form(fields).headers(&[
            ("accept", "text/html,application/xhtml+xml"),
            ("sec-fetch-site", "same-origin"),
            ("origin", &origin),
            ("referer", &format!("{origin}{page}")),
        ]);
        self.ask(ask).await
    }

    /// Asks for anything, and keeps the cookies that come back.
    pub(crate) async fn ask(&mut self, ask: Ask) -> Result<Answer, Failure> {
        let answer = self.door.send(self.carry(ask)).await?;
        for cookie in answer.cookies() {
            let Some((name, rest)) = cookie.split_once('=') else { continue };
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }

    /// The cookie that stands for the session.
    pub(crate) fn session(&self) -> &str {
        self.cookies.get("__Host-sid").map(String::as_str).unwrap_or_default()
    }

    /// The request with what the browser has for the program.
    pub(crate) fn carry(&self, ask: Ask) -> Ask {
        let ask = ask.from(self.from);
        if self.cookies.is_empty() {
            return ask;
        }
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        ask.header("cookie", &cookies.join("; "))
    }
}
