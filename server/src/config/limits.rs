//! How often somebody may ask.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use platform::{Class, Networks, limits::Pace};

use url::Url;

use super::{
    ConfigError, Layers, Secret,
    server::{is_on_this_machine, networks},
};

/// Where nodes count together.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// The server.
    pub url: Secret,
    /// How many nodes there are.
    pub nodes: NonZeroU32,
}

/// How often somebody may ask.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// Where nodes count together; each counts alone without it.
    pub redis: Option<RedisConfig>,
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
    Ok(LimitsConfig { redis: redis(layers)?, paces, exempt: networks(layers, "limits.exempt")? })
}

fn redis(layers: &Layers) -> Result<Option<RedisConfig>, ConfigError> {
    // Plain text would show the network who asks how often, and let it change that.
    let is_fit = |text: &str| {
        text.is_empty()
            || Url::parse(text).is_ok_and(|url| match url.scheme() {
                "rediss" | "redis+unix" => true,
                "redis" => is_on_this_machine(&url),
                _ => false,
            })
    };
    let wanted = "empty, or an address like rediss://user:password@host:6379 (redis:// on this machine)";
    let url = layers.checked("redis.url", wanted, is_fit)?;
    let nodes = NonZeroU32::new(layers.whole("redis.nodes", 1, 1_000)?).unwrap_or(NonZeroU32::MIN);
    Ok((!url.is_empty()).then(|| RedisConfig { url: Secret::new(url), nodes }))
}
