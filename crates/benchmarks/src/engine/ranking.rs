//! The position of one company for one metric.

use kernel::Direction;
use stats::{gate::Evidence, interval::rank_interval, rank::MidRank};

use super::{
    cells::{MetricRule, PublishedCell},
    ladder::Viewer,
};
use crate::model::{PeerCount, PeerValue, Position, Quantiles, RankEstimate, Rung};

/// Whose position is asked for, in which metric.
///
/// For a contributor the value should be the one frozen with the snapshot. Ranks of values typed in at will would let
/// a viewer read the peers' values one by one.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The metric.
    pub rule: MetricRule<'a>,
    /// The company's own value; `None` if it has none that can be compared.
    pub value: Option<PeerValue>,
    /// The company, as far as it is among the contributors.
    pub viewer: Viewer,
}

/// Where the subject stands among the peers of a step, chosen by [`super::choose`].
///
/// `rank` counts the peers below and equal, the viewer left out; [`super::Cell::rank`] or SQL can make it. Without a
/// step, or with too few peers, the position says so and shows nothing of them.
pub fn position(
    subject: Subject<'_>,
    step: Option<(Rung, &PublishedCell)>,
    rank: Option<MidRank>,
) -> Position {
    let evidence = step.map_or(Evidence::Nothing, |(_, cell)| subject.viewer.evidence_in(cell));
    let shown = step.filter(|_| evidence > Evidence::Nothing);
    let peers = shown.map_or(0, |(_, cell)| subject.viewer.peers_in(cell));
    Position {
        metric: subject.rule.key.to_owned(),
        direction: subject.rule.direction,
        value: subject.value,
        evidence,
        quantiles: shown.map(|(_, cell)| allowed(cell.quantiles, evidence)).unwrap_or_default(),
        has_undefined_peers: shown.is_some_and(|(_, cell)| cell.has_undefined),
        rank: shown.and(rank).and_then(|rank| estimate(rank, subject.rule.direction)),
        peers: PeerCount::of(peers),
        rung: shown.map(|(rung, _)| rung),
    }
}

/// What the gate allows of the quantiles. One that lies among values without a number has none to show.
fn allowed(quantiles: Quantiles, evidence: Evidence) -> Quantiles {
    let shown =
        |value: Option<f64>, needed: Evidence| value.filter(|value| evidence >= needed && value.is_finite());
    Quantiles {
        p10: shown(quantiles.p10, Evidence::Deciles),
        p25: shown(quantiles.p25, Evidence::Quartiles),
        p50: shown(quantiles.p50, Evidence::Median),
        p75: shown(quantiles.p75, Evidence::Quartiles),
        p90: shown(quantiles.p90, Evidence::Deciles),
    }
}

fn estimate(rank: MidRank, direction: Direction) -> Option<RankEstimate> {
    // The gate of the cell counts the same peers; this holds even if somebody hands in another rank.
    if Evidence::for_peers(rank.others()) == Evidence::Nothing {
        return None;
    }
    let oriented = if direction == Direction::Low { rank.flipped() } else { rank };
    let interval = rank_interval(oriented)?;
    Some(RankEstimate {
        percentile: whole_percent(oriented.percentile()),
        low: whole_percent(interval.low),
        high: whole_percent(interval.high),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0 to 100 before the cast"
)]
fn whole_percent(percent: f64) -> u8 {
    percent.round().clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Closure, Cohort, Standing};

    const RUNG: Rung = Rung { level: 5, cohort: Cohort::All };

    fn cell(contributors: usize) -> PublishedCell {
        PublishedCell {
            metric: "nrr".to_owned(),
            cohort: Cohort::All,
            contributors,
            closure: None,
            quantiles: Quantiles {
                p10: Some(1.0),
                p25: Some(2.0),
                p50: Some(3.0),
                p75: Some(4.0),
                p90: Some(5.0),
            },
            has_undefined: false,
        }
    }

    fn subject(direction: Direction) -> Subject<'static> {
        let rule = MetricRule { key: "nrr", direction };
        Subject { rule, value: Some(PeerValue::Known(3.5)), viewer: Viewer::default() }
    }

    fn ranked(direction: Direction, below: usize, peers: usize) -> Position {
        position(subject(direction), Some((RUNG, &cell(peers))), MidRank::from_counts(below, 0, peers))
    }

    #[test]
    fn less_is_better_is_flipped_once() {
        let high = ranked(Direction::High, 67, 100).rank.unwrap();
        assert_eq!((high.percentile, high.low, high.high), (67, 57, 75));
        let low = ranked(Direction::Low, 67, 100).rank.unwrap();
        assert_eq!((low.percentile, low.low, low.high), (33, 25, 43));
        assert_eq!(ranked(Direction::Context, 67, 100).rank.unwrap(), high);
    }

    #[test]
    fn ahead_and_behind_need_an_interval_that_leaves_out_the_middle() {
        assert_eq!(ranked(Direction::High, 67, 100).standing(), Standing::Ahead);
        assert_eq!(ranked(Direction::Low, 67, 100).standing(), Standing::Behind);
        assert_eq!(ranked(Direction::High, 20, 30).standing(), Standing::Middle);
        assert_eq!(ranked(Direction::Context, 99, 100).standing(), Standing::Unjudged);
        for peers in 6..300 {
            for below in 0..=peers {
                let position = ranked(Direction::High, below, peers);
                let interval = rank_interval(MidRank::from_counts(below, 0, peers).unwrap()).unwrap();
                let is_judged = position.standing() != Standing::Middle;
                assert!(!(is_judged && interval.contains(50.0)), "{below} of {peers}");
            }
        }
    }

    #[test]
    fn quantiles_and_rank_are_shown_as_the_peers_besides_the_viewer_allow() {
        let shown = |contributors: usize, viewer: Viewer| {
            let subject = Subject { viewer, ..subject(Direction::High) };
            let peers = viewer.peers_in(&cell(contributors));
            let position =
                position(subject, Some((RUNG, &cell(contributors))), MidRank::from_counts(1, 0, peers));
            let Quantiles { p10, p25, p50, p75, p90 } = position.quantiles;
            let quantiles = [p10, p25, p50, p75, p90].map(|value| value.is_some());
            (quantiles, position.rank.is_some(), position.peers.to_string())
        };
        let member = Viewer { frozen: Some(crate::model::Profile::default()) };
        let (none, median) = ([false; 5], [false, false, true, false, false]);
        let quartiles = [false, true, true, true, false];
        assert_eq!(shown(6, member), (none, false, "fewer than 6".to_owned()));
        assert_eq!(shown(6, Viewer::default()), (median, true, "6–10".to_owned()));
        assert_eq!(shown(11, member), (median, true, "6–10".to_owned()));
        assert_eq!(shown(29, member), (quartiles, true, "21–30".to_owned()));
        assert_eq!(shown(30, member), ([true; 5], true, "21–30".to_owned()));
    }

    #[test]
    fn nothing_is_shown_of_closed_cells_or_without_a_step() {
        let closed = PublishedCell { closure: Some(Closure::OneOwner), ..cell(40) };
        let rank = MidRank::from_counts(20, 0, 40);
        for step in [None, Some((RUNG, &closed))] {
            let position = position(subject(Direction::High), step, rank);
            assert_eq!(position.standing(), Standing::Unknown);
            assert_eq!(
                (position.rank, position.rung, position.quantiles),
                (None, None, Quantiles::default())
            );
            assert_eq!(position.peers.to_string(), "fewer than 6");
        }
    }

    #[test]
    fn positions_cross_the_wire() {
        let position = ranked(Direction::High, 67, 100);
        let json = serde_json::to_string(&position).unwrap();
        assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position);
        assert!(json.contains("\"evidence\":\"deciles\"") && json.contains("\"peers\":51"));
    }
}
