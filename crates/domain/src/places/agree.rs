//! Whether site, pin, typed place, three words and address mean one place.
//!
//! Nothing here is changed or chosen: it says what does not fit, how far apart it is, and whom to ask. Three words
//! that sound alike can be many kilometres apart, which is why they are never believed alone.

use super::outline::outside_m;
use super::typed::Located;
use super::way::{distance_words, way_words};
use crate::geo::{Point, distance_m};
use crate::site::{Estate, Site};

/// A pin is pressed by hand on a map, and a Helmert grid reference is 5 m off: nearer than this is the same place.
pub const SLACK_M: f64 = 50.0;
/// Farther than this from everything in the register, somebody probably misheard. Boroughs are a few kilometres wide.
pub const FAR_OFF_M: f64 = 5_000.0;

/// What the register knows about places.
pub struct Register<'a> {
    pub sites: Vec<&'a Site>,
    pub estates: Vec<&'a Estate>,
}

/// What is said about where it is.
#[derive(Default)]
pub struct Claims<'a> {
    pub site: Option<&'a Site>,
    pub pin: Option<Point>,
    pub typed: Option<&'a Located>,
    /// Where a look-up says that the three words are.
    pub words: Option<Point>,
    /// As typed.
    pub address: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Site,
    Pin,
    Typed,
    Words,
    Address,
    Register,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Self::Site => "the site",
            Self::Pin => "the pin",
            Self::Typed => "the typed place",
            Self::Words => "the three words",
            Self::Address => "the address",
            Self::Register => "the register",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    pub between: (Source, Source),
    /// How far apart they are.
    pub distance_m: f64,
    /// A sentence for the operator.
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// What was compared, in the order it is said.
    pub compared: Vec<Source>,
    pub disagreements: Vec<Disagreement>,
    /// Which to trust, or whom to ask; empty when all agrees.
    pub advice: String,
    /// Where the place is by the register: `On Ampthill Square, about 40 m north of Community office.` Empty without one.
    pub near: String,
}

pub fn check(claims: &Claims<'_>, register: &Register<'_>) -> Check {
    let said = said(claims, register);
    let mut disagreements = Vec::new();
    for (i, a) in said.iter().enumerate() {
        disagreements.extend(said[i + 1..].iter().filter_map(|b| differ(b, a, claims)));
    }
    let place = place_meant(claims);
    disagreements.extend(place.and_then(|(source, point)| far_off(source, point, register)));
    let compared: Vec<Source> = said.iter().map(|claim| claim.source).collect();
    let advice = advice(&compared, &disagreements);
    let near = place.map_or_else(String::new, |(_, point)| near(point, register));
    Check { compared, disagreements, advice, near }
}

/// The point that is not the register's own.
fn place_meant(claims: &Claims<'_>) -> Option<(Source, Point)> {
    let typed = claims.typed.map(|typed| (Source::Typed, typed.point));
    typed.or(claims.words.map(|at| (Source::Words, at))).or(claims.pin.map(|at| (Source::Pin, at)))
}

struct Claim<'a> {
    source: Source,
    /// As a sentence goes on: `the pin`, `Community office`.
    name: String,
    centre: Point,
    /// How large what was said is.
    reach_m: f64,
    outline: &'a [Point],
}

fn said<'a>(claims: &Claims<'a>, register: &Register<'a>) -> Vec<Claim<'a>> {
    let plain = |source: Source, centre: Point, reach_m: f64| {
        let name = source.name().to_owned();
        Claim { source, name, centre, reach_m, outline: &[] }
    };
    let site = claims.site.map(|s| Claim { name: s.name.clone(), ..plain(Source::Site, s.point, s.radius_m) });
    let address = named_in(claims.address, register).filter(|named| !same_as_site(named, claims.site));
    let half_diagonal = |side_m: f64| side_m * std::f64::consts::FRAC_1_SQRT_2;
    [
        site,
        address.map(|named| named.claim()),
        claims.pin.map(|at| plain(Source::Pin, at, 0.0)),
        claims.typed.map(|typed| plain(Source::Typed, typed.point, half_diagonal(typed.size_m))),
        claims.words.map(|at| plain(Source::Words, at, 2.0)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Says how `a` differs from `b`, the one that is named as known.
fn differ(a: &Claim<'_>, b: &Claim<'_>, claims: &Claims<'_>) -> Option<Disagreement> {
    let apart = distance_m(a.centre, b.centre);
    let gap = match (outside_m(a.outline, b.centre), outside_m(b.outline, a.centre)) {
        (Some(outside), _) => outside - b.reach_m,
        (None, Some(outside)) => outside - a.reach_m,
        (None, None) => apart - a.reach_m - b.reach_m,
    };
    if gap <= SLACK_M {
        return None;
    }
    let way = way_words(b.centre, a.centre);
    let mut text = format!("{} is {way} of {}.", capital(&a.name), b.name);
    if a.source == Source::Words {
        text = text.replacen(" is ", " are ", 1);
    }
    // Outside the site and still on its estate is another thing than another town.
    if b.source == Source::Site && claims.site.is_some_and(|site| apart < site.radius_m + FAR_OFF_M / 5.0) {
        text.push_str(" It may be another part of the estate.");
    }
    Some(Disagreement { between: (a.source, b.source), distance_m: apart, text })
}

fn far_off(source: Source, point: Point, register: &Register<'_>) -> Option<Disagreement> {
    let sites = register.sites.iter().map(|site| distance_m(site.point, point));
    let estates = register.estates.iter().map(|e| outside_m(&e.outline, point).unwrap_or(distance_m(e.centre, point)));
    let nearest = sites.chain(estates).reduce(f64::min)?;
    (nearest > FAR_OFF_M).then(|| {
        let verb = if source == Source::Words { "are" } else { "is" };
        let text = format!(
            "{} {verb} {} from the nearest place in the register.",
            capital(source.name()),
            distance_words(nearest)
        );
        Disagreement { between: (source, Source::Register), distance_m: nearest, text }
    })
}

/// Two that agree outvote one that does not; one against one is a question for the caller.
fn advice(compared: &[Source], disagreements: &[Disagreement]) -> String {
    if disagreements.is_empty() {
        return String::new();
    }
    let against = |source: Source| {
        let involved = |d: &&Disagreement| d.between.0 == source || d.between.1 == source;
        disagreements.iter().filter(|d| d.between.1 != Source::Register).filter(involved).count()
    };
    // Who differs from everybody while the others, two or more, agree among themselves.
    let odd = compared.iter().copied().find(|odd| {
        let others = || compared.iter().copied().filter(|source| source != odd);
        others().count() > 1 && against(*odd) == others().count() && others().all(|source| against(source) == 1)
    });
    let Some(odd) = odd else {
        return "Read it back to the caller, letter by letter, before anybody is sent.".into();
    };
    let names: Vec<&str> = compared.iter().filter(|source| **source != odd).map(|source| source.name()).collect();
    let (last, first) = names.split_last().map_or(("", &names[..]), |(last, first)| (*last, first));
    let agree = capital(&format!("{} and {last}", first.join(", ")));
    format!("{agree} agree. Doubt {}: have it said again, letter by letter.", odd.name())
}

/// The estate or site that an address names, if it plainly names one.
enum Named<'a> {
    Estate(&'a Estate),
    Site(&'a Site),
}

impl<'a> Named<'a> {
    fn claim(&self) -> Claim<'a> {
        let (name, centre, reach_m, outline) = match self {
            Self::Estate(e) => (&e.name, e.centre, if e.outline.len() < 3 { 500.0 } else { 0.0 }, &e.outline[..]),
            Self::Site(s) => (&s.name, s.point, s.radius_m, &[][..]),
        };
        Claim { source: Source::Address, name: format!("{name}, which the address names"), centre, reach_m, outline }
    }
}

fn same_as_site(named: &Named<'_>, site: Option<&Site>) -> bool {
    match (named, site) {
        (Named::Estate(estate), Some(site)) => site.estate == Some(estate.id),
        (Named::Site(named), Some(site)) => named.id == site.id,
        (_, None) => false,
    }
}

fn named_in<'a>(address: &str, register: &Register<'a>) -> Option<Named<'a>> {
    let parts: Vec<String> = address.split([',', '\n', ';']).map(plain).filter(|p| !p.is_empty()).collect();
    let whole = plain(address);
    if let Some(site) = register.sites.iter().find(|s| words(&plain(&s.address)) > 1 && plain(&s.address) == whole) {
        return Some(Named::Site(site));
    }
    let named = |estate: &&&Estate| {
        let name = plain(&estate.name);
        let name = name.strip_suffix(" estate").unwrap_or(&name).to_owned();
        let with_estate = format!("{name} estate");
        // One word is a street's name as well as an estate's, so it must stand alone or be called an estate.
        match words(&name) {
            0 => false,
            1 => parts.iter().any(|part| *part == name || holds(part, &with_estate)),
            _ => parts.iter().any(|part| holds(part, &name)),
        }
    };
    let found = register.estates.iter().filter(named);
    found.max_by_key(|estate| estate.name.len()).map(|estate| Named::Estate(estate))
}

/// Small letters and figures with single spaces.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, '\'' | '’' | '.'));
    let spaced: String = kept.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn holds(text: &str, phrase: &str) -> bool {
    format!(" {text} ").contains(&format!(" {phrase} "))
}

/// On which estate it is, and how it lies from the nearest site.
fn near(point: Point, register: &Register<'_>) -> String {
    let on = register.estates.iter().find(|e| outside_m(&e.outline, point) == Some(0.0));
    let site = register.sites.iter().min_by(|a, b| {
        let away = |s: &Site| distance_m(s.point, point);
        away(a).total_cmp(&away(b))
    });
    let site = site.map(|s| match distance_m(s.point, point) <= s.radius_m {
        true => format!("at {}", s.name),
        false => format!("{} of {}", way_words(s.point, point), s.name),
    });
    match (on, site) {
        (Some(estate), Some(site)) => format!("On {}, {site}.", estate.name),
        (Some(estate), None) => format!("On {}.", estate.name),
        (None, Some(site)) => format!("{}.", capital(&site)),
        (None, None) => String::new(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
