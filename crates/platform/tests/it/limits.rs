//! Counts that several nodes share, against a real Redis.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use platform::{Class, Limits, Networks, RedisLine, SharedCounts, testing::RedisServer};

/// A node that lets six in at once, and then one in ten minutes; two of them count together.
fn node(line: RedisLine) -> Limits {
    let pace = "6/h burst 6".parse().unwrap();
    let counts = SharedCounts::new(line, [7; 32]);
    Limits::new(|_| pace, Networks::default()).shared_by(counts, NonZeroU32::new(2).unwrap())
}

/// How many of so many requests are let in.
async fn admitted(node: &Limits, who: &str, requests: usize) -> usize {
    let mut admitted = 0;
    for _ in 0..requests {
        admitted += usize::from(node.admit(Class::Api, who).await.is_ok());
    }
    admitted
}

#[tokio::test]
async fn nodes_count_together() {
    let redis = RedisServer::start();
    let (one, other) = (node(redis.patient_line()), node(redis.patient_line()));
    assert_eq!(admitted(&one, "ada", 4).await, 4);
    assert_eq!(admitted(&other, "ada", 4).await, 2, "six in all");
    let refused = one.admit(Class::Api, "ada").await.unwrap_err();
    assert!((590..=600).contains(&refused.retry_after_seconds), "{refused:?}");
    assert_eq!(admitted(&other, "eve", 1).await, 1);
    assert_eq!(one.admit(Class::Upload, "ada").await, Ok(()));
}

#[tokio::test]
async fn without_the_others_each_node_lets_its_part_in_and_nobody_waits() {
    let redis = RedisServer::start();
    let node = node(redis.line());
    // Two are counted already when the server stops answering.
    assert_eq!(admitted(&node, "ada", 2).await, 2);
    redis.signal("-STOP");
    let begun = Instant::now();
    assert_eq!(admitted(&node, "ada", 10).await, 1, "half of six, and two were let in before");
    assert_eq!(admitted(&node, "eve", 10).await, 3);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(node.shared_counts().unwrap().line().is_left_alone());
    redis.signal("-CONT");
    // Asked again after five seconds.
    let begun = Instant::now();
    while node.shared_counts().unwrap().line().is_left_alone() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is never asked again");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let _ = node.admit(Class::Api, "somebody").await;
    }
    assert_eq!(admitted(&node, "zoe", 10).await, 6);
}
