//! The people of the probes: a workspace with every role, an outsider with another one, and somebody who was taken out.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Instant};

use kernel::{Role, Scope};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::world::World;
use crate::client::at;
use crate::{
    Failure,
    client::{Ask, Browser, Door},
    stage::{Deployment, MailSink, SITE_NAME},
};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "seven wet ducks on a wall";
/// The workspace that most probes are about.
pub(crate) const OURS: &str = "acme";
/// The workspace of the outsider.
pub(crate) const THEIRS: &str = "birch";
/// Begins every text that only the other workspace knows.
pub(crate) const CANARY: &str = "Zq7Canary";
/// Two years of a company.
pub(crate) const FIGURES: &str = include_str!("../../../public/example.csv");
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

/// What belongs to the other workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Foreign {
    /// Ids by what they name.
    pub(crate) ids: BTreeMap<&'static str, String>,
}

/// Everybody.
pub(crate) struct Cast {
    people: BTreeMap<&'static str, Person>,
    /// The owner of the other workspace.
    pub(crate) outsider: Person,
    /// Was an analyst once.
    pub(crate) removed: Person,
    /// What the outsider has.
    pub(crate) foreign: Foreign,
    keys: BTreeMap<&'static str, String>,
}

impl Cast {
    /// Makes everybody through the doors that everybody uses.
    pub(crate) async fn gather(deployment: &Deployment) -> Result<Self, Failure> {
        let owner = Person::sign_up(deployment, "Ada Moreau", "ada@acme.example", "Acme").await?;
        let mut people = BTreeMap::new();
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
            let person = join(deployment, &owner, role, role.key()).await?;
            people.insert(role.key(), person);
        }
        let removed = join(deployment, &owner, Role::Analyst, "removed").await?;
        let outsider =
            Person::sign_up(deployment, &format!("{CANARY} Eve"), "eve@birch.example", "Birch").await?;
        let foreign = furnish(deployment, &outsider).await?;
        let mut keys = BTreeMap::new();
        let token = owner.token().await?;
        for scope in Scope::ALL {
            let key = make_key(&deployment.door(), &token, OURS, &[scope.key()]).await?;
            keys.insert(scope.key(), key);
        }
        keep_figures(deployment, &owner, OURS, FIGURES).await?;
        take_out(deployment, &owner, &removed).await?;
        people.insert(Role::Owner.key(), owner);
        Ok(Self { people, outsider, removed, foreign, keys })
    }

    /// Who has that role.
    pub(crate) fn person(&self, role: Role) -> Result<&Person, Failure> {
        self.people.get(role.key()).ok_or_else(|| format!("nobody is {}", role.key()).into())
    }

    /// The owner.
    pub(crate) fn owner(&self) -> Result<&Person, Failure> {
        self.person(Role::Owner)
    }

    /// A key with that scope alone.
    pub(crate) fn key(&self, scope: Scope) -> Result<&str, Failure> {
        self.keys.get(scope.key()).map(String::as_str).ok_or_else(|| "there is no such key".into())
    }
}

/// Makes somebody a member with that role, by an invitation that they follow.
pub(crate) async fn join(
    deployment: &Deployment,
    owner: &Person,
    role: Role,
    name: &str,
) -> Result<Person, Failure> {
    let email = format!("{name}@staff.example");
    let mut person =
        Person::sign_up(deployment, &format!("{name} Moreau"), &email, &format!("Home of {name}")).await?;
    let ask = Ask::post("/api/v1/invitations").bearer(&owner.token().await?).workspace(OURS);
    let answer = deployment.door().send(ask.json(&json!({ "role": role.key() }))).await?;
    let invited = answer.json();
    let link =
        at(&invited, "/link").as_str().and_then(|link| link.strip_prefix(&format!("https://{SITE_NAME}")));
    let link = link.ok_or_else(|| format!("inviting was answered with {}", answer.in_short()))?;
    let (_, secret) = link.split_once("link=").ok_or("the invitation has no secret")?;
    let answer = person.browser.submit(link, "accept_invitation", &[("link", secret)]).await?;
    if answer.header("location") == format!("/w/{OURS}") {
        return Ok(person);
    }
    Err(format!("joining as {} was answered with {}", role.key(), answer.in_short()).into())
}

/// Takes somebody out of our workspace.
pub(crate) async fn take_out(
    deployment: &Deployment,
    owner: &Person,
    person: &Person,
) -> Result<(), Failure> {
    let id = id_of(&deployment.door(), person).await?;
    let ask = Ask::new("DELETE", &format!("/api/v1/members/{id}")).bearer(&owner.token().await?);
    let answer = deployment.door().send(ask.workspace(OURS)).await?;
    if answer.status == 204 {
        Ok(())
    } else {
        Err(format!("nobody was taken out: {}", answer.in_short()).into())
    }
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

/// Gives the other workspace one of everything, each with a text that nobody else may see.
async fn furnish(deployment: &Deployment, outsider: &Person) -> Result<Foreign, Failure> {
    let (door, token) = (deployment.door(), outsider.token().await?);
    let mut ids = BTreeMap::new();
    let (_, import) = keep_figures(deployment, outsider, THEIRS, FIGURES).await?;
    ids.insert("import", import);
    let content = format!("month,{CANARY} header,mrr\n2026-02,{CANARY} cell,100\n");
    let name = format!("{CANARY} file.csv");
    ids.insert("file", send_file(&door, &token, THEIRS, (&name, content.as_bytes())).await?);
    let posted = async |path: &str, body: Value| -> Result<Value, Failure> {
        let ask = Ask::post(path).bearer(&token).workspace(THEIRS);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let answer = door.send(ask).await?;
        if (200..300).contains(&answer.status) { Ok(answer.json()) } else { Err(answer.in_short().into()) }
    };
    let report = posted("/api/v1/reports", Value::Null).await?;
    ids.insert("report", text(at(&report, "/id"))?);
    let key =
        posted("/api/v1/api-keys", json!({ "name": format!("{CANARY} key"), "scopes": ["metrics:read"] }))
            .await?;
    ids.insert("key", text(at(&key, "/key/id"))?);
    posted("/api/v1/invitations", json!({ "role": "viewer", "email": format!("{CANARY}@birch.example") }))
        .await?;
    let list = door.send(Ask::get("/api/v1/invitations").bearer(&token).workspace(THEIRS)).await?.json();
    ids.insert("invitation", text(at(&list, "/0/id"))?);
    ids.insert("member", id_of(&door, outsider).await?);
    let sessions = door.send(Ask::get("/api/v1/auth/sessions").bearer(&token)).await?.json();
    ids.insert("session", text(at(&sessions, "/0/id"))?);
    let body = json!({ "name": format!("{CANARY} Birch"), "currency": "USD" });
    let ask = Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).workspace(THEIRS).json(&body);
    let answer = door.send(ask).await?;
    if answer.status == 200 { Ok(Foreign { ids }) } else { Err(answer.in_short().into()) }
}

fn text(value: &Value) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("no id in {value}").into())
}

/// Someone in a workspace of their own, on the main deployment.
pub(crate) async fn newcomer(world: &World, name: &str) -> Result<(Person, String), Failure> {
    let email = format!("{name}@content.example");
    let person = Person::sign_up(&world.main, "Con Moreau", &email, &format!("Content {name}")).await?;
    let list = world.door().send(Ask::get("/api/v1/workspaces").bearer(&person.token().await?)).await?.json();
    let slug = at(&list, "/0/slug").as_str().ok_or("no workspace")?.to_owned();
    Ok((person, slug))
}
