//! What a new call may be about already. Offered with reasons, never decided: two parties in one street are two calls.

use super::{Call, number};
use crate::Instant;
use crate::World;
use crate::callout::Callout;
use crate::geo::{Point, distance_m};
use crate::id::{CallId, CalloutId, SiteId};
use crate::places::distance_words;
use chrono::TimeDelta;

/// Older than this, what is over is another evening's.
const OVER_WITHIN: TimeDelta = TimeDelta::hours(4);
/// Older than this, even what is still open is hardly what the caller has just seen.
const OPEN_WITHIN: TimeDelta = TimeDelta::hours(24);
/// Neighbours who ring about one thing stand within a block of it.
const NEAR_M: f64 = 200.0;
/// More to choose from helps nobody who is on the telephone.
const SHOWN_MAX: usize = 4;

/// What is known of the new call.
#[derive(Default)]
pub struct Asked<'a> {
    /// The call itself, which is no duplicate of itself.
    pub call: Option<CallId>,
    pub point: Option<Point>,
    pub site: Option<SiteId>,
    pub address: &'a str,
    pub place: &'a str,
    pub number: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Callout(CalloutId),
    Call(CallId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Likely {
    pub which: Which,
    /// `CO-26-00001 Noise nuisance`, `A call from 020 7946 0111`.
    pub what: String,
    pub began_at: Instant,
    pub open: bool,
    /// Each as a clause: `about 40 m away`, `the same number rang`.
    pub reasons: Vec<String>,
}

/// What has most in common first, then what is open, then the newest.
pub fn likely(world: &World, asked: &Asked<'_>, now: Instant) -> Vec<Likely> {
    let callouts = world.callouts.values().filter_map(|c| of_callout(world, c, asked, now));
    let calls = world.calls.values().filter(|c| Some(c.id) != asked.call).filter_map(|c| of_call(c, world, asked, now));
    let mut found: Vec<Likely> = callouts.chain(calls).collect();
    found.sort_by(|a, b| {
        (b.reasons.len(), b.open, b.began_at).cmp(&(a.reasons.len(), a.open, a.began_at)).then(a.what.cmp(&b.what))
    });
    found.truncate(SHOWN_MAX);
    found
}

fn is_recent(began_at: Instant, open: bool, now: Instant) -> bool {
    now - began_at <= if open { OPEN_WITHIN } else { OVER_WITHIN }
}

fn of_callout(world: &World, callout: &Callout, asked: &Asked<'_>, now: Instant) -> Option<Likely> {
    let open = !callout.is_over();
    if !is_recent(callout.signal_at, open, now) {
        return None;
    }
    let site = callout.site.and_then(|id| world.sites.get(&id));
    let address = if callout.address.is_empty() { site.map_or("", |s| s.address.as_str()) } else { &callout.address };
    let mut reasons = Said { point: Some(callout.point), site: callout.site, address, place: &callout.place }
        .in_common(asked, site.map_or("", |s| s.name.as_str()));
    let rang = callout.calls.iter().filter_map(|id| world.calls.get(id)).any(|call| same_number(call, asked));
    reasons.extend(rang.then(|| "the same number rang about it".to_owned()));
    (!reasons.is_empty()).then(|| Likely {
        which: Which::Callout(callout.id),
        what: format!("{} {}", callout.number, callout.title),
        began_at: callout.signal_at,
        open,
        reasons,
    })
}

/// A call that led to a call-out is found as that one.
fn of_call(call: &Call, world: &World, asked: &Asked<'_>, now: Instant) -> Option<Likely> {
    let led_on = call.closed.as_ref().and_then(|c| c.callout).is_some_and(|id| world.callouts.contains_key(&id));
    if led_on || !is_recent(call.began_at(), call.is_open(), now) {
        return None;
    }
    let card = &call.card;
    let name = card.site.and_then(|id| world.sites.get(&id)).map_or("", |s| s.name.as_str());
    let said = Said { point: card.point, site: card.site, address: &card.address, place: &card.place };
    let mut reasons = said.in_common(asked, name);
    reasons.extend(same_number(call, asked).then(|| "the same number".to_owned()));
    let from = if call.ring_back().is_empty() { "a withheld number" } else { call.ring_back() };
    (!reasons.is_empty()).then(|| Likely {
        which: Which::Call(call.id),
        what: format!("Call from {from}"),
        began_at: call.began_at(),
        open: call.is_open(),
        reasons,
    })
}

fn same_number(call: &Call, asked: &Asked<'_>) -> bool {
    let Some(wanted) = number::comparable(asked.number) else {
        return false;
    };
    [&call.from, &call.card.number].into_iter().any(|n| number::comparable(n).as_deref() == Some(&wanted))
}

/// Where something known is.
struct Said<'a> {
    point: Option<Point>,
    site: Option<SiteId>,
    address: &'a str,
    place: &'a str,
}

impl Said<'_> {
    fn in_common(&self, asked: &Asked<'_>, site_name: &str) -> Vec<String> {
        let mut reasons = Vec::new();
        if asked.site.is_some() && asked.site == self.site {
            reasons.push(format!("the same site, {site_name}"));
        } else if let (Some(here), Some(there)) = (asked.point, self.point)
            && distance_m(here, there) <= NEAR_M
        {
            let metres = distance_m(here, there);
            let words = distance_words(metres);
            reasons.push(if metres < 1.0 { "the same pin".into() } else { format!("{words} away") });
        }
        if same_words(asked.address, self.address) {
            reasons.push("the same address".into());
        }
        if same_words(asked.place, self.place) {
            reasons.push("the same place as typed".into());
        }
        reasons
    }
}

/// Typed by two people: capitals, commas and spaces say nothing. One word alone is a street's or an estate's.
fn same_words(a: &str, b: &str) -> bool {
    let (a, b) = (plain(a), plain(b));
    a.len() > 1 && a == b
}

fn plain(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}
