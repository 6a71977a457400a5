//! What is kept sealed, and what somebody with too few rights sees of it.

use std::time::Duration;

use kernel::Role;
use tokio::time::sleep;

use super::{
    cast::{CANARY, OURS, join},
    pages::{self, Page},
    people::Person,
    sessions::contains,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser},
    stage::Database,
};

/// Whoever has the database reads no address, and a sealed value is good in its own place alone.
pub(crate) async fn p50_a_copy_tells_no_address(world: &World) -> Finding {
    let mut check = Check::new();
    let other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "zq7seal@canary.example", "Acme").await?;
    let second = Person::sign_up(&other, "Bob Moreau", "zq8seal@canary.example", "Birch").await?;
    let (door, token) = (other.door(), person.token().await?);
    let body = serde_json::json!({ "role": "viewer", "email": "zq9seal@canary.example" });
    door.send(Ask::post("/api/v1/invitations").bearer(&token).json(&body)).await?;
    other.mail.to("zq9seal@canary.example", 0).await?;
    let kept = other.kept_bytes().await?;
    for canary in ["zq7seal", "zq8seal", "zq9seal", "ZQ7SEAL"] {
        check.that(!contains(&kept, canary.as_bytes()), || format!("{canary} is kept in the open"));
    }
    let column = sealed_address(&other.database).await?;
    let me = |token: &str| door.send_owned(Ask::get("/api/v1/users/me").bearer(token));
    check.that(me(&token).await?.text().contains("zq7seal"), || {
        "the person does not see the own address".to_owned()
    });
    let sql = format!(
        "CREATE TABLE swapped AS SELECT id, {column} AS sealed FROM users; UPDATE users SET {column} = (SELECT sealed FROM swapped WHERE swapped.id <> users.id)"
    );
    let tokens = [token, second.token().await?];
    other.database.execute(&sql).await?;
    for token in &tokens {
        let answer = me(token).await?;
        check.equal("an address of another row", answer.status, 500);
        check.that(!answer.text().contains("seal@canary"), || "the address of another is shown".to_owned());
    }
    check.verdict(format!(
        "3 addresses not in {} kB; a value of another row is a fault and not data",
        kept.len() / 1000
    ))
}

/// The column that holds the sealed addresses of people.
async fn sealed_address(database: &Database) -> Result<String, Failure> {
    let sql = match database {
        Database::Sqlite(_) => "SELECT name FROM pragma_table_info('users') WHERE name LIKE '%sealed%'",
        Database::Postgres(_) => {
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'users' AND column_name LIKE '%sealed%'"
        }
    };
    database
        .texts(sql)
        .await?
        .into_iter()
        .find(|name| name.contains("mail"))
        .ok_or_else(|| "no sealed address".into())
}

/// Without its key ring, or with another, the program does not start.
pub(crate) async fn p51_without_its_keys_nothing_starts(world: &World) -> Finding {
    let mut check = Check::new();
    let mut other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    for node in &mut other.nodes {
        node.process().send(crate::stage::Signal::Terminate)?;
        node.process().end_within(Duration::from_secs(30)).await;
    }
    let (ring, program) = (other.data().join("keys.toml"), other.plan.program.clone());
    let kept = std::fs::read(&ring)?;
    std::fs::remove_file(&ring)?;
    refuses(&mut check, &other, &program, "no key ring").await?;
    check.that(!ring.exists(), || "another key ring was made".to_owned());
    let folder = tempfile::tempdir()?;
    let made = program.run(&["keys", "init"], &crate::stage::Settings::default(), folder.path()).await?;
    check.that(made.status.success(), || "no other key ring could be made".to_owned());
    std::fs::copy(folder.path().join("keys.toml"), &ring)?;
    refuses(&mut check, &other, &program, "another key ring").await?;
    std::fs::write(&ring, "nonsense")?;
    refuses(&mut check, &other, &program, "a broken key ring").await?;
    std::fs::write(&ring, &kept)?;
    for node in &mut other.nodes {
        node.restart().await?;
    }
    check.equal("with its own again", other.door().send(Ask::get("/health/ready")).await?.status, 200);
    let reads = replaced_at_work(&other, &person.token().await?, &mut check).await?;
    check.verdict(format!("none, another and a broken key ring: refused; replaced at work under {reads} reads, all answered, and the old version wraps nothing"))
}

/// A new version of the ring while addresses are read; how many reads there were.
async fn replaced_at_work(
    other: &crate::stage::Deployment,
    token: &str,
    check: &mut Check,
) -> Result<u32, Failure> {
    let door = other.door();
    // No faster than a program may ask.
    let read = async || {
        sleep(Duration::from_millis(200)).await;
        door.send(Ask::get("/api/v1/members").bearer(token)).await
    };
    let mut reads = 0;
    let rotating = other.run(&["keys", "rotate"]);
    tokio::pin!(rotating);
    let output = loop {
        tokio::select! {
            output = &mut rotating => break output?,
            answer = read() => {
                reads += 1;
                check.status("members while the ring is replaced", &answer?, &[200]);
            }
        }
    };
    check.that(output.status.success(), || {
        format!("keys rotate: {}", String::from_utf8_lossy(&output.stderr))
    });
    // The nodes read the ring again every ten seconds.
    for _ in 0..75 {
        reads += 1;
        check.status("members after the ring was replaced", &read().await?, &[200]);
    }
    let listed = String::from_utf8_lossy(&other.run(&["keys", "list"]).await?.stdout).into_owned();
    check.that(listed.contains("version 2 wraps") && listed.contains("version 1 wraps 0 keys"), || {
        format!("the old version wraps something still: {listed}")
    });
    Ok(reads)
}

async fn refuses(
    check: &mut Check,
    other: &crate::stage::Deployment,
    program: &crate::stage::Program,
    what: &str,
) -> Result<(), Failure> {
    let refusal = program.refuse(other.settings(), &other.data()).await?;
    check.that(refusal.as_ref().is_some_and(|(code, words)| *code == 78 && words.contains("key")), || {
        format!("{what}: {refusal:.300?}")
    });
    Ok(())
}

/// Private answers are kept by nobody on the way, and a role counts at once.
pub(crate) async fn p53_no_cache_keeps_what_is_private(world: &World) -> Finding {
    let mut check = Check::new();
    let owner = world.cast.owner()?;
    let mut browser = owner.sign_in().await?;
    for path in [
        "/account/x.css",
        "/account/x.js",
        "/account%2fx.css",
        "/account;x.css",
        "/account/..%2fx.css",
        &format!("/w/{OURS}/members/x.css"),
    ] {
        let answer = browser.get(path).await?;
        check.that(answer.status == 404, || format!("{path}: {}", answer.status));
        check.that(!answer.text().contains(&owner.email), || format!("{path} shows the account"));
        check.equal(&format!("{path} may be kept"), answer.header("cache-control"), "no-store");
    }
    let token = owner.token().await?;
    for operation in world
        .operations
        .iter()
        .filter(|it| !it.is_unsafe() && it.access != Some(super::operations::Access::Open))
    {
        let answer = world
            .door()
            .send(operation.ask(super::operations::UNKNOWN).bearer(&token).workspace(OURS))
            .await?;
        check.equal(&format!("{} may be kept", operation.id), answer.header("cache-control"), "no-store");
        check.equal(&format!("{} has a tag", operation.id), answer.header("etag"), "");
    }
    let seen = private_pages(world, &mut check, &mut browser).await?;
    // The same page for two workspaces, one after the other, many times: nobody gets the other's.
    let mut theirs = world.cast.outsider.sign_in().await?;
    for _ in 0..10 {
        let (ours, other) =
            (browser.get(&format!("/w/{OURS}/dashboard")).await?, theirs.get("/w/birch/dashboard").await?);
        check.that(!ours.text().contains(CANARY) && other.text().contains(CANARY), || {
            "an answer of another workspace".to_owned()
        });
    }
    what_nodes_share_is_sealed(world, &mut check).await?;
    let mut person = join(&world.main, owner, Role::Admin, "turncoat").await?;
    let keys = format!("/w/{OURS}/keys");
    check.equal("keys as an admin", person.browser.get(&keys).await?.status, 200);
    let id = super::people::id_of(&world.door(), &person).await?;
    let body = serde_json::json!({ "role": "member" });
    world
        .door()
        .send(Ask::new("PATCH", &format!("/api/v1/members/{id}")).bearer(&token).workspace(OURS).json(&body))
        .await?;
    check.equal("keys as a member", person.browser.get(&keys).await?.status, 403);
    super::cast::take_out(&world.main, owner, &person).await?;
    check.verdict(format!("paths that look like assets, every private operation, all {seen} private pages and files, two workspaces in turn, a role that changes; with several nodes, what Redis holds of it"))
}

/// Every page and file that not everybody may open is kept by nobody; how many there are.
async fn private_pages(world: &World, check: &mut Check, browser: &mut Browser) -> Result<usize, Failure> {
    let ours = &world.cast.ours;
    let lists =
        [pages::own(), ours.pages(Role::Owner), ours.files(Role::Owner), pages::noted(ours, Role::Owner)];
    let mut desk = world.cast.administrator.sign_in().await?;
    let mut seen = 0;
    for (browser, pages) in [(browser, lists.concat()), (&mut desk, pages::of_administrators(200))] {
        for Page { path, status } in &pages {
            let answer = browser.get(path).await?;
            check.equal(path, answer.status, *status);
            check.equal(&format!("{path} may be kept"), answer.header("cache-control"), "no-store");
        }
        seen += pages.len();
    }
    Ok(seen)
}

/// What nodes have just computed is in Redis, under names that hold versions, and nobody who reads there learns what it is.
async fn what_nodes_share_is_sealed(world: &World, check: &mut Check) -> Result<(), Failure> {
    let Some(redis) = &world.main.redis else { return Ok(()) };
    let kept = redis.kept_bytes().await?;
    check
        .that(contains(&kept, b"quartile:cache:v1:"), || "nodes share nothing that they computed".to_owned());
    for secret in [CANARY, "dashboard", "recurring revenue"] {
        check.that(!contains(&kept, secret.as_bytes()), || format!("{secret} is in Redis in the open"));
    }
    Ok(())
}
