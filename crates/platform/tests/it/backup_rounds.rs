//! Backups that the program makes by itself: whose turn it is, and what the last one was.

use chrono::TimeDelta;
use db::{Db, db_test};
use platform::backup::{Round, Rounds};

use crate::workspace::{ambient, nine};

const DAY: TimeDelta = TimeDelta::days(1);

fn at(db: &Db, after_nine: TimeDelta) -> Rounds {
    Rounds::new(db.clone(), ambient(after_nine))
}

db_test!(one_node_makes_the_backup_and_the_next_is_due_after_the_period, |db: Db| {
    let (begin, minute) = (TimeDelta::zero(), TimeDelta::minutes(1));
    assert_eq!(at(&db, begin).last().await.unwrap(), None);
    assert_eq!(at(&db, begin).begin(DAY).await.unwrap(), Some(nine()));
    assert_eq!(at(&db, minute).begin(DAY).await.unwrap(), None, "another node leaves it alone");
    assert_eq!(at(&db, minute).last().await.unwrap(), None, "what is under way is no backup");

    at(&db, minute).finish(nine(), 4_711).await.unwrap();
    let round = Round { made_at: nine(), verified_at: nine() + minute, size_bytes: 4_711 };
    assert_eq!(at(&db, minute).last().await.unwrap(), Some(round));
    assert_eq!(at(&db, DAY - minute).begin(DAY).await.unwrap(), None);
    assert_eq!(at(&db, DAY).begin(DAY).await.unwrap(), Some(nine() + DAY));
});

db_test!(what_a_dead_node_began_is_taken_over_and_what_a_slow_one_does_is_not, |db: Db| {
    let minutes = TimeDelta::minutes;
    at(&db, minutes(0)).begin(DAY).await.unwrap().unwrap();
    at(&db, minutes(8)).hold().await.unwrap();
    assert_eq!(at(&db, minutes(15)).begin(DAY).await.unwrap(), None, "it was heard of seven minutes ago");
    assert!(at(&db, minutes(18)).begin(DAY).await.unwrap().is_some());
});

db_test!(of_many_nodes_that_look_at_once_one_begins, |db: Db| {
    let looks = (0..8).map(|_| {
        let rounds = at(&db, TimeDelta::zero());
        async move { rounds.begin(DAY).await.unwrap() }
    });
    assert_eq!(futures::future::join_all(looks).await.into_iter().flatten().count(), 1);
});
