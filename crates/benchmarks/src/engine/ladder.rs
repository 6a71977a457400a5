//! The ladder from the closest peers to all companies: the first step with enough evidence is shown, and named.

use stats::gate::Evidence;

use super::cells::PublishedCell;
use crate::model::{Cohort, Profile, Rung};

/// Who looks, as far as it matters for counting the peers besides them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The profile under which the viewer's own value of this metric was frozen; `None` if it was not.
    pub frozen: Option<Profile>,
}

impl Viewer {
    /// How many peers the cell holds besides the viewer.
    pub fn peers_in(self, cell: &PublishedCell) -> usize {
        let is_member = self.frozen.is_some_and(|profile| cell.cohort.contains(profile));
        cell.contributors.saturating_sub(usize::from(is_member))
    }

    /// What those peers allow to be said; nothing of a closed cell.
    pub fn evidence_in(self, cell: &PublishedCell) -> Evidence {
        if cell.is_open() { Evidence::for_peers(self.peers_in(cell)) } else { Evidence::Nothing }
    }
}

/// The steps for a company of this profile, the closest peers first. What it has not said drops the steps that need it.
pub fn ladder(profile: Profile) -> Vec<Rung> {
    let Profile { industry, band, stage } = profile;
    let industry_and_band = industry.zip(band);
    let steps = [
        industry_and_band
            .zip(stage)
            .map(|((industry, band), stage)| Cohort::IndustryBandStage(industry, band, stage)),
        industry_and_band.map(|(industry, band)| Cohort::IndustryBand(industry, band)),
        industry_and_band.map(|(industry, band)| Cohort::IndustryBandGroup(industry, band)),
        industry.map(Cohort::Industry),
        Some(Cohort::All),
    ];
    let numbered = (1..=Rung::LEVELS).zip(steps);
    numbered.filter_map(|(level, cohort)| Some(Rung { level, cohort: cohort? })).collect()
}

/// The first step whose cell has enough peers for a median, and that cell; `None` leaves the published figures.
pub fn choose<'a>(
    rungs: &[Rung],
    viewer: Viewer,
    find: impl Fn(Cohort) -> Option<&'a PublishedCell>,
) -> Option<(Rung, &'a PublishedCell)> {
    rungs.iter().find_map(|rung| {
        let cell = find(rung.cohort)?;
        (viewer.evidence_in(cell) >= Evidence::Median).then_some((*rung, cell))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Closure, Quantiles, RevenueBand};
    use accounts::{Industry, Stage};

    const PROFILE: Profile = Profile {
        industry: Some(Industry::Software),
        band: Some(RevenueBand::From1MTo3M),
        stage: Some(Stage::Seed),
    };

    fn cell(cohort: Cohort, contributors: usize, closure: Option<Closure>) -> PublishedCell {
        let metric = "nrr".to_owned();
        let quantiles = Quantiles::default();
        PublishedCell { metric, cohort, contributors, closure, quantiles, has_undefined: false }
    }

    #[test]
    fn the_ladder_widens_from_the_closest_peers_to_all() {
        let words: Vec<String> = ladder(PROFILE).into_iter().map(Rung::words).collect();
        assert_eq!(
            words,
            [
                "level 1 of 5: industry × band × stage",
                "level 2 of 5: industry × band",
                "level 3 of 5: industry × neighbouring bands",
                "level 4 of 5: industry",
                "level 5 of 5: all companies",
            ]
        );
        let without_stage: Vec<u8> =
            ladder(Profile { stage: None, ..PROFILE }).iter().map(|rung| rung.level).collect();
        assert_eq!(without_stage, [2, 3, 4, 5]);
        assert_eq!(ladder(Profile::default()).len(), 1);
    }

    #[test]
    fn each_step_holds_the_one_before() {
        let rungs = ladder(PROFILE);
        for band in RevenueBand::ALL {
            let profile = Profile { band: Some(*band), ..PROFILE };
            for pair in rungs.windows(2) {
                assert!(!pair[0].cohort.contains(profile) || pair[1].cohort.contains(profile));
            }
        }
    }

    #[test]
    fn the_first_open_step_with_six_peers_besides_the_viewer_is_chosen() {
        let rungs = ladder(PROFILE);
        let cells = [
            cell(rungs[0].cohort, 6, None),
            cell(rungs[1].cohort, 20, Some(Closure::SinglesOutRest(rungs[3].cohort))),
            cell(rungs[2].cohort, 25, None),
            cell(rungs[4].cohort, 90, None),
        ];
        let find = |cohort| cells.iter().find(|cell| cell.cohort == cohort);
        let level = |viewer| choose(&rungs, viewer, find).map(|(rung, _)| rung.level);
        assert_eq!(level(Viewer::default()), Some(1));
        assert_eq!(level(Viewer { frozen: Some(PROFILE) }), Some(3));
        let elsewhere = Profile { stage: Some(Stage::SeriesA), ..PROFILE };
        assert_eq!(level(Viewer { frozen: Some(elsewhere) }), Some(1));
        assert_eq!(choose(&rungs[3..4], Viewer::default(), find), None);
    }
}
