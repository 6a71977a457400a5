//! Colours by meaning, and what they look like on a page, in print and in the dark.

/// What a colour in a chart stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The company itself, or the first series.
    Series1,
    /// The second series; also what diminishes.
    Series2,
    /// The third series.
    Series3,
    /// The fourth series.
    Series4,
    /// The fifth series.
    Series5,
    /// Main text.
    Ink,
    /// Secondary text.
    Ink2,
    /// Axis text and comparisons.
    Ink3,
    /// Thin rules.
    Line,
    /// Stronger rules, totals.
    LineStrong,
    /// The rail of the percentile bar.
    Band0,
    /// Peers from P10 to P25.
    Band1,
    /// Peers from P25 to P75.
    Band2,
    /// Peers from P75 to P90.
    Band3,
    /// The viewer's own position.
    You,
    /// What lies below the chart.
    Surface,
    /// Better.
    Good,
    /// Worse.
    Bad,
    /// Doubtful or synthetic.
    Warn,
    /// The ground of a warning.
    WarnSoft,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 20] = [
        Self::Series1,
        Self::Series2,
        Self::Series3,
        Self::Series4,
        Self::Series5,
        Self::Ink,
        Self::Ink2,
        Self::Ink3,
        Self::Line,
        Self::LineStrong,
        Self::Band0,
        Self::Band1,
        Self::Band2,
        Self::Band3,
        Self::You,
        Self::Surface,
        Self::Good,
        Self::Bad,
        Self::Warn,
        Self::WarnSoft,
    ];

    /// The colour of the series at that place, from 0; the sixth is drawn like the first.
    pub fn series(place: usize) -> Self {
        match place % 5 {
            0 => Self::Series1,
            1 => Self::Series2,
            2 => Self::Series3,
            3 => Self::Series4,
            _ => Self::Series5,
        }
    }

    /// The reference to the design token, resolved by the page's style sheet.
    pub fn token(self) -> &'static str {
        match self {
            Self::Series1 => "var(--series-1)",
            Self::Series2 => "var(--series-2)",
            Self::Series3 => "var(--series-3)",
            Self::Series4 => "var(--series-4)",
            Self::Series5 => "var(--series-5)",
            Self::Ink => "var(--ink)",
            Self::Ink2 => "var(--ink-2)",
            Self::Ink3 => "var(--ink-3)",
            Self::Line => "var(--line)",
            Self::LineStrong => "var(--line-strong)",
            Self::Band0 => "var(--band-0)",
            Self::Band1 => "var(--band-1)",
            Self::Band2 => "var(--band-2)",
            Self::Band3 => "var(--band-3)",
            Self::You => "var(--you)",
            Self::Surface => "var(--surface)",
            Self::Good => "var(--good)",
            Self::Bad => "var(--bad)",
            Self::Warn => "var(--warn)",
            Self::WarnSoft => "var(--warn-soft)",
        }
    }
}

/// Fixed colours, for whatever cannot read the page's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// Dark ink on white.
    Light,
    /// Light ink on near black.
    Dark,
}

impl Palette {
    /// The colour as `#rrggbb`.
    pub fn hex(self, role: Role) -> &'static str {
        let (light, dark) = match role {
            Role::Series1 => ("#0e6656", "#5cc0ac"),
            Role::Series2 => ("#c2703d", "#e0965f"),
            Role::Series3 => ("#5a6fa8", "#8fa3dc"),
            Role::Series4 => ("#a8486b", "#dd85a5"),
            Role::Series5 => ("#8a8f3a", "#c0c566"),
            Role::Ink => ("#191d21", "#e9ecec"),
            Role::Ink2 => ("#4d555e", "#aeb6ba"),
            Role::Ink3 => ("#686f78", "#8c959a"),
            Role::Line => ("#e4e2da", "#282e31"),
            Role::LineStrong => ("#cbc8bd", "#3b4347"),
            Role::Band0 => ("#eceae3", "#22282a"),
            Role::Band1 => ("#cfe3dd", "#1f3f39"),
            Role::Band2 => ("#9fc9bd", "#2b6257"),
            Role::Band3 => ("#5ea491", "#3d8e7d"),
            Role::You => ("#191d21", "#f3f5f5"),
            Role::Surface => ("#ffffff", "#171b1d"),
            Role::Good => ("#17713f", "#5cc48a"),
            Role::Bad => ("#ab2f28", "#f0857c"),
            Role::Warn => ("#8a5a00", "#e2b354"),
            Role::WarnSoft => ("#fbf1dc", "#33270c"),
        };
        match self {
            Self::Light => light,
            Self::Dark => dark,
        }
    }
}

/// Where an SVG will be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Inside a page: colours and type come from its style sheet.
    Page,
    /// On paper: fixed light colours.
    Print,
    /// Alone on a dark ground: fixed dark colours.
    Dark,
}

impl Theme {
    /// What stands in the SVG for a colour.
    pub fn colour(self, role: Role) -> &'static str {
        match self {
            Self::Page => role.token(),
            Self::Print => Palette::Light.hex(role),
            Self::Dark => Palette::Dark.hex(role),
        }
    }
}
