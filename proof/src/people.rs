//! Single people, and what each of them does through the doors that everybody uses.

use std::{net::Ipv4Addr, time::Instant};

use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    Failure,
    client::{Ask, Browser, Door, at},
    stage::{Deployment, MailSink, SITE_NAME},
};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "seven wet ducks on a wall";

/// An access token is good for ten minutes; a new one is fetched well before.
const TOKEN_SECONDS: u64 = 300;

/// Somebody with an account.
pub(crate) struct Person {
    pub(crate) email: String,
    /// Where they are signed in.
    pub(crate) browser: Browser,
    token: Mutex<Option<(Instant, String)>>,
}

impl Person {
    /// Signs up with the form of the page, and follows the link of the message.
    pub(crate) async fn sign_up(
        deployment: &Deployment,
        name: &str,
        email: &str,
        company: &str,
    ) -> Result<Self, Failure> {
        let mut browser = Browser::new(&deployment.door());
        let form = [
            ("input[name]", name),
            ("input[email]", email),
            ("input[company]", company),
            ("input[password]", PASSWORD),
        ];
        let answer = browser.submit("/sign-up", "sign_up", &form).await?;
        if answer.header("location") != "/sign-up/sent" {
            return Err(format!("signing up {email} was answered with {}", answer.in_short()).into());
        }
        let mail = deployment.mail.to(email, 0).await?;
        let link = MailSink::link(&mail, &format!("https://{SITE_NAME}")).ok_or("the message has no link")?;
        let (_, secret) = link.split_once("link=").ok_or("the link has no secret")?;
        let secret = secret.to_owned();
        let answer = browser.submit(&link, "confirm_sign_up", &[("link", &secret)]).await?;
        if answer.header("location").starts_with("/w/") && !browser.session().is_empty() {
            return Ok(Self { email: email.to_owned(), browser, token: Mutex::default() });
        }
        Err(format!("confirming {email} was answered with {}", answer.in_short()).into())
    }

    /// A browser in which the person has just signed in.
    pub(crate) async fn sign_in(&self) -> Result<Browser, Failure> {
        sign_in(&self.browser.door, &self.email).await
    }

    /// A token for the API that is good for some minutes yet.
    pub(crate) async fn token(&self) -> Result<String, Failure> {
        let mut kept = self.token.lock().await;
        if let Some((since, token)) = kept.as_ref()
            && since.elapsed().as_secs() < TOKEN_SECONDS
        {
            return Ok(token.clone());
        }
        let (token, _) = tokens(&self.browser.door, &self.email).await?;
        *kept = Some((Instant::now(), token.clone()));
        Ok(token)
    }
}

/// Signs in with the form of the page.
pub(crate) async fn sign_in(door: &Door, email: &str) -> Result<Browser, Failure> {
    let mut browser = Browser::new(door);
    let form = [("input[email]", email), ("input[password]", PASSWORD), ("input[next]", "")];
    let answer = browser.submit("/sign-in", "sign_in", &form).await?;
    if browser.session().is_empty() {
        return Err(format!("signing in as {email} was answered with {}", answer.in_short()).into());
    }
    Ok(browser)
}

/// Signs in to the API; the access token and the refresh token.
pub(crate) async fn tokens(door: &Door, email: &str) -> Result<(String, String), Failure> {
    tokens_from(door, email, Ipv4Addr::LOCALHOST).await
}

/// The same from another address of this machine.
pub(crate) async fn tokens_from(
    door: &Door,
    email: &str,
    from: Ipv4Addr,
) -> Result<(String, String), Failure> {
    let ask = Ask::post("/api/v1/auth/signin").json(&json!({ "email": email, "password": PASSWORD }));
    let answer = door.send(ask.from(from)).await?;
    let token = |pointer: &str| answer.field(pointer).as_str().map(str::to_owned);
    let found = token("/access_token").zip(token("/refresh_token"));
    found.ok_or_else(|| format!("signing in as {email} was answered with {}", answer.in_short()).into())
}

/// A person's id.
pub(crate) async fn id_of(door: &Door, person: &Person) -> Result<String, Failure> {
    let me = door.send(Ask::get("/api/v1/users/me").bearer(&person.token().await?)).await?;
    me.field("/id").as_str().map(str::to_owned).ok_or_else(|| "nobody is there".into())
}

/// Makes a key of a workspace.
pub(crate) async fn make_key(
    door: &Door,
    token: &str,
    slug: &str,
    scopes: &[&str],
) -> Result<String, Failure> {
    let wish = json!({ "name": format!("For {}", scopes.join(" and ")), "scopes": scopes });
    let answer = door.send(Ask::post("/api/v1/api-keys").bearer(token).workspace(slug).json(&wish)).await?;
    let secret = answer.field("/secret").as_str().map(str::to_owned);
    secret.ok_or_else(|| format!("making a key was answered with {}", answer.in_short()).into())
}

/// Sends a file and waits until it is read; its id.
pub(crate) async fn send_file(
    door: &Door,
    token: &str,
    slug: &str,
    (name, content): (&str, &[u8]),
) -> Result<String, Failure> {
    let ask = Ask::post("/api/v1/data/upload").bearer(token).workspace(slug).file(name, content);
    let answer = door.send(ask).await?;
    let id = answer.field("/id").as_str().map(str::to_owned);
    let id = id.ok_or_else(|| format!("sending {name} was answered with {}", answer.in_short()))?;
    for _ in 0..600 {
        let ask = Ask::get(&format!("/api/v1/data/files/{id}")).bearer(token).workspace(slug);
        if door.send(ask).await?.field("/state") != "reading" {
            return Ok(id);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Err(format!("the file {name} was not read in time").into())
}

/// Sends a file and imports it; the ids of both.
pub(crate) async fn keep_figures(
    deployment: &Deployment,
    person: &Person,
    slug: &str,
    content: &str,
) -> Result<(String, String), Failure> {
    let (door, token) = (deployment.door(), person.token().await?);
    let file = send_file(&door, &token, slug, ("figures.csv", content.as_bytes())).await?;
    let ask = Ask::post(&format!("/api/v1/data/files/{file}/commit")).bearer(&token).workspace(slug);
    let answer = door.send(ask).await?;
    let import = answer.field("/id").as_str().map(str::to_owned);
    let import = import.ok_or_else(|| format!("importing was answered with {}", answer.in_short()))?;
    Ok((file, import))
}

/// Someone in a workspace of their own.
pub(crate) async fn newcomer(deployment: &Deployment, name: &str) -> Result<(Person, String), Failure> {
    let email = format!("{name}@content.example");
    let person = Person::sign_up(deployment, "Con Moreau", &email, &format!("Content {name}")).await?;
    let list =
        deployment.door().send(Ask::get("/api/v1/workspaces").bearer(&person.token().await?)).await?.json();
    let slug = at(&list, "/0/slug").as_str().ok_or("no workspace")?.to_owned();
    Ok((person, slug))
}
