//! Which RAMS a call-out gets: the most specific by site, kind of work and time of day, and why.

use crate::Instant;
use crate::callout::procedure::title_of;
use crate::civil;
use crate::documents::{DayHours, Rams};
use crate::site::Site;
use crate::world::World;
use chrono::NaiveTime;

pub struct Chosen<'a> {
    pub rams: &'a Rams,
    /// "for this site, Intruder, 22:00 to 06:00".
    pub why: String,
}

impl Rams {
    pub fn has_expired(&self, at: Instant) -> bool {
        self.valid_until.is_some_and(|until| until <= at)
    }
}

impl DayHours {
    /// The second time is not within them; equal times are the whole day.
    pub fn contain(&self, time: NaiveTime) -> bool {
        match (civil::time(&self.from), civil::time(&self.to)) {
            (Some(from), Some(to)) if from < to => from <= time && time < to,
            (Some(from), Some(to)) => from <= time || time < to,
            _ => false,
        }
    }
}

/// What names the site wins over what names the kind of work, and that over the hour. Of equals one that is still
/// valid is taken, then the first by reference. What names nothing is for sites that ask for it.
pub fn choose<'a>(world: &'a World, site: Option<&Site>, about: &str, at: Instant) -> Option<Chosen<'a>> {
    let time = civil::local(&world.settings.zone, at).time();
    let fitting = world.rams.values().filter_map(|rams| {
        let named = site.is_some_and(|s| {
            s.rams == Some(rams.id) || rams.sites.iter().any(|r| r.eq_ignore_ascii_case(&s.reference))
        });
        let fits = (rams.sites.is_empty() || named)
            && (rams.kinds.is_empty() || rams.kinds.iter().any(|k| k == about))
            && rams.hours.as_ref().is_none_or(|hours| hours.contain(time));
        let score = (named, !rams.kinds.is_empty(), rams.hours.is_some());
        (fits && score != (false, false, false)).then_some((score, rams))
    });
    let best = fitting.max_by(|(a, x), (b, y)| {
        a.cmp(b)
            .then(y.has_expired(at).cmp(&x.has_expired(at)))
            .then_with(|| y.reference.to_uppercase().cmp(&x.reference.to_uppercase()))
    });
    best.map(|((named, kind, hours), rams)| {
        let hours = rams.hours.as_ref().filter(|_| hours).map(|h| format!("{} to {}", h.from, h.to));
        let parts = [named.then(|| "this site".to_owned()), kind.then(|| title_of(about)), hours];
        Chosen { rams, why: format!("for {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", ")) }
    })
}
