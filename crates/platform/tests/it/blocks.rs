//! Who is not answered, on both engines.

use std::net::IpAddr;

use chrono::TimeDelta;
use db::{Db, db_test, on_tx, sqlx};
use kernel::{Administrator, UserId};
use platform::Blocks;

use crate::workspace::ambient;

fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

fn blocks(db: &Db) -> Blocks {
    Blocks::new(db.clone(), ambient(TimeDelta::zero()), "198.51.100.0/24".parse().unwrap())
}

fn eve() -> Administrator {
    Administrator::authorised(UserId::from(uuid::Uuid::nil()))
}

db_test!(whoever_looks_for_weaknesses_three_times_is_not_answered_for_a_day, |db: Db| {
    let blocks = blocks(&db);
    let scanner = address("192.0.2.7");
    for _ in 0..2 {
        blocks.note_search(scanner).await.unwrap();
        assert_eq!(blocks.seconds_left(scanner), None);
    }
    blocks.note_search(scanner).await.unwrap();
    assert_eq!(blocks.seconds_left(scanner), Some(86_400));
    assert_eq!(blocks.seconds_left(address("192.0.2.8")), None, "nobody else pays for it");

    // Another node, or this one after a restart, knows too.
    let other = Blocks::new(db.clone(), ambient(TimeDelta::zero()), "198.51.100.0/24".parse().unwrap());
    other.refresh().await.unwrap();
    assert_eq!(other.seconds_left(scanner), Some(86_400));
    let tomorrow = Blocks::new(db.clone(), ambient(TimeDelta::hours(25)), "198.51.100.0/24".parse().unwrap());
    tomorrow.refresh().await.unwrap();
    assert_eq!(tomorrow.seconds_left(scanner), None);
});

db_test!(nobody_is_shut_out_who_must_not_be, |db: Db| {
    let blocks = blocks(&db);
    for kept in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "198.51.100.9"] {
        for _ in 0..5 {
            blocks.note_search(address(kept)).await.unwrap();
        }
        assert_eq!(blocks.seconds_left(address(kept)), None, "{kept}");
        let refused = blocks.block(eve(), (kept, "because I want to"), 1).await.unwrap_err();
        assert_eq!(refused.fields()[0].field, "place", "{kept}");
    }
    assert_eq!(blocks.block(eve(), ("everybody", "because I want to"), 1).await.unwrap_err().status(), 422);
});

db_test!(an_administrator_shuts_a_network_out_and_lifts_that_again, |db: Db| {
    let blocks = blocks(&db);
    blocks.block(eve(), ("2001:db8:1:2::7", "flooded the sign-in"), 24).await.unwrap();
    assert_eq!(blocks.seconds_left(address("2001:db8:1:2:ffff::1")), Some(86_400), "the whole /64");
    let listed = blocks.list(eve()).await.unwrap();
    assert_eq!((listed.len(), listed[0].reason.as_str()), (1, "flooded the sign-in"));
    blocks.lift(eve(), &listed[0].place).await.unwrap();
    assert_eq!(blocks.seconds_left(address("2001:db8:1:2::7")), None);
    let noted = platform::audit::list_of_instance(&db, None, 2).await.unwrap();
    let actions: Vec<&str> = noted.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["network.unblocked", "network.blocked"]);
});

db_test!(whoever_has_many_addresses_does_not_fill_the_list, |db: Db| {
    let blocks = blocks(&db);
    let now = ambient(TimeDelta::zero()).now();
    let until = now + TimeDelta::hours(1);
    let mut tx = db.begin_everywhere().await.unwrap();
    for number in 0..1_000 {
        let place = format!("2001:db8:0:{number:x}");
        let sql =
            "INSERT INTO blocks (place, reason, blocked_at, blocked_until) VALUES ($1, 'scanner', $2, $3)";
        on_tx!(&mut tx, |c| sqlx::query(sql).bind(&place).bind(now).bind(until).execute(c).await.map(|_| ()))
            .unwrap();
    }
    tx.commit().await.unwrap();
    blocks.refresh().await.unwrap();
    let scanner = address("192.0.2.7");
    for _ in 0..3 {
        blocks.note_search(scanner).await.unwrap();
    }
    assert_eq!(blocks.seconds_left(scanner), None);
    blocks.block(eve(), ("192.0.2.7", "flooded the sign-in"), 1).await.unwrap();
    assert_eq!(blocks.seconds_left(scanner), Some(3_600), "administrators are not held back");
});
