//! Evidence gates: what may be said from how many peers.

/// The fewest peers for a median: the smallest sample whose range holds it with 95 % confidence.
pub const MEDIAN_PEERS: usize = 6;
/// The fewest peers for quartiles.
pub const QUARTILE_PEERS: usize = 11;
/// The fewest peers for the 10th and 90th percentiles.
pub const DECILE_PEERS: usize = 29;

/// What may be shown, each level including those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Too few peers to say anything.
    Nothing,
    /// The median and a rank.
    Median,
    /// The quartiles too.
    Quartiles,
    /// The 10th and 90th percentiles too.
    Deciles,
}

impl Evidence {
    /// What this many peers, the viewer not among them, allow.
    pub fn for_peers(peers: usize) -> Self {
        match peers {
            0..MEDIAN_PEERS => Self::Nothing,
            MEDIAN_PEERS..QUARTILE_PEERS => Self::Median,
            QUARTILE_PEERS..DECILE_PEERS => Self::Quartiles,
            DECILE_PEERS.. => Self::Deciles,
        }
    }

    /// The fewest peers that give this evidence.
    pub fn fewest_peers(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Median => MEDIAN_PEERS,
            Self::Quartiles => QUARTILE_PEERS,
            Self::Deciles => DECILE_PEERS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::{CONFIDENCE, order_statistics};

    #[test]
    fn gates_open_where_their_quantile_has_an_interval() {
        for peers in 0..200 {
            let evidence = Evidence::for_peers(peers);
            for (level, fraction) in
                [(Evidence::Median, 0.5), (Evidence::Quartiles, 0.75), (Evidence::Deciles, 0.1)]
            {
                assert_eq!(
                    evidence >= level,
                    order_statistics(peers, fraction, CONFIDENCE).is_some(),
                    "{peers}"
                );
            }
            assert!(evidence.fewest_peers() <= peers);
        }
    }
}
