//! How often somebody may ask.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use platform::{Class, Networks, limits::Pace};

use super::{ConfigError, Layers, server::networks};

/// How often somebody may ask.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    paces: HashMap<Class, Pace>,
    /// Who is held to nothing.
    pub exempt: Networks,
}

impl LimitsConfig {
    /// The pace of a class.
    pub fn pace(&self, class: Class) -> Pace {
        const NEVER_MISSING: Pace = Pace { burst: NonZeroU32::MIN, one_in: Duration::from_secs(1) };
        self.paces.get(&class).copied().unwrap_or(NEVER_MISSING)
    }
}

pub(super) fn read(layers: &Layers) -> Result<LimitsConfig, ConfigError> {
    let pace = |class: &Class| {
        let name = format!("limits.{}", class.key());
        Ok((*class, layers.parse(&name, "a pace like \"10/s burst 20\" or \"6/min\"")?))
    };
    let paces = Class::ALL.iter().map(pace).collect::<Result<_, ConfigError>>()?;
    Ok(LimitsConfig { paces, exempt: networks(layers, "limits.exempt")? })
}
