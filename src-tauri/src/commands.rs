//! What the page may ask for: each a thin message to the desk.

use crate::embedded::Embedded;
use desk::{Choice, Desk};
use protocol::call::{CallHelp, CallQuestion};
use protocol::handover::HandoverView;
use protocol::outside::OutsideView;
use protocol::place::{PinView, PlaceLookup, PlaceQuestion, PlaceView};
use protocol::register::{ImportPreview, RegisterView, SiteRecord};
use protocol::view::{Act, Acted, Board, CalloutDetail, LeavingView, PastCallout, Patch};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::ipc::{Channel, InvokeBody, Request, Response};
use tauri::{AppHandle, State};

pub struct Session {
    desk: Desk,
    profile: PathBuf,
    /// The hub this desk runs itself.
    own_hub: Option<Embedded>,
    /// The operator is being asked what closing means.
    asked: AtomicBool,
}

impl Session {
    pub fn new(desk: Desk, profile: PathBuf, own_hub: Option<Embedded>) -> Self {
        Self { desk, profile, own_hub, asked: AtomicBool::new(false) }
    }

    /// What the page should ask before the window closes; nothing when closing needs no question, or when it was asked
    /// and the window is closed once more.
    pub fn question(&self) -> Option<LeavingView> {
        let leaving = self.desk.leaving(self.own_hub.is_some());
        (leaving.is_live() && !self.asked.swap(true, Ordering::Relaxed)).then_some(leaving)
    }
}

/// What goes on while somebody leaves the desk.
#[tauri::command]
pub async fn leaving(session: State<'_, Session>) -> Result<LeavingView, String> {
    Ok(session.desk.leaving(session.own_hub.is_some()))
}

/// The operator stays after all.
#[tauri::command]
pub async fn stay(session: State<'_, Session>) -> Result<(), String> {
    session.asked.store(false, Ordering::Relaxed);
    Ok(())
}

/// Closes the window, and with it this desk's own hub when that is what was asked.
#[tauri::command]
pub async fn leave(app: AppHandle, session: State<'_, Session>, stop_hub: bool) -> Result<(), String> {
    if let (true, Some(hub)) = (stop_hub, &session.own_hub) {
        hub.stop().map_err(|e| format!("The hub could not be stopped: {e}. It goes on."))?;
    }
    app.exit(0);
    Ok(())
}

#[tauri::command]
pub async fn board(session: State<'_, Session>) -> Result<Board, String> {
    Ok(session.desk.board())
}

/// Patches from now on, for as long as the page listens.
#[tauri::command]
pub async fn subscribe(session: State<'_, Session>, channel: Channel<Patch>) -> Result<(), String> {
    let mut patches = session.desk.subscribe();
    tauri::async_runtime::spawn(async move {
        while let Some(patch) = patches.recv().await {
            if channel.send(patch).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// What one operator hands over to the next.
#[tauri::command]
pub async fn handover(session: State<'_, Session>, since: Option<i64>) -> Result<HandoverView, String> {
    Ok(session.desk.handover(since))
}

#[tauri::command]
pub async fn detail(session: State<'_, Session>, callout: String) -> Result<CalloutDetail, String> {
    session.desk.detail(&callout).ok_or_else(|| "This call-out is not on this desk.".into())
}

/// What a typed place means and whether it fits: this desk's own work.
#[tauri::command]
pub async fn place(session: State<'_, Session>, question: PlaceQuestion) -> Result<PlaceView, String> {
    Ok(session.desk.place(&question))
}

/// What helps with a telephone call while it is written down: this desk's own work.
#[tauri::command]
pub async fn call_help(session: State<'_, Session>, question: CallQuestion) -> Result<CallHelp, String> {
    Ok(session.desk.call_help(&question))
}

/// What somebody outside says about three words.
#[tauri::command]
pub async fn look_up_words(
    session: State<'_, Session>,
    words: String,
    near: Option<PinView>,
) -> Result<PlaceLookup, String> {
    Ok(session.desk.look_up_words(&words, near).await)
}

#[tauri::command]
pub async fn words_at(session: State<'_, Session>, pin: PinView) -> Result<PlaceLookup, String> {
    Ok(session.desk.words_at(pin).await)
}

#[tauri::command]
pub async fn act(session: State<'_, Session>, act: Act) -> Result<Acted, String> {
    Ok(session.desk.act(act).await)
}

#[tauri::command]
pub async fn resolve(
    session: State<'_, Session>,
    conflict: String,
    choice: String,
    reason: String,
) -> Result<Acted, String> {
    let choice = match choice.as_str() {
        "redo" => Choice::Redo,
        "keep" => Choice::Keep,
        "drop" => Choice::Drop,
        other => return Err(format!("There is no choice “{other}”.")),
    };
    Ok(session.desk.resolve(&conflict, choice, &reason).await)
}

#[tauri::command]
pub async fn picture(session: State<'_, Session>, callout: String, sha256: String) -> Result<Response, String> {
    session.desk.picture(&callout, &sha256).await.map(Response::new)
}

#[tauri::command]
pub async fn tracking_link(session: State<'_, Session>, callout: String) -> Result<Value, String> {
    with_url(session.desk.tracking_link(&callout).await)
}

/// A link by which a customer writes a checklist.
#[tauri::command]
pub async fn writing_link(
    session: State<'_, Session>,
    checklist: String,
    days: u32,
    to: String,
    message: String,
) -> Result<Value, String> {
    with_url(session.desk.writing_link(&checklist, days, &to, &message).await)
}

fn with_url((acted, url): (Acted, Option<String>)) -> Result<Value, String> {
    let mut answer = serde_json::to_value(acted).map_err(|e| e.to_string())?;
    if let (Some(fields), Some(url)) = (answer.as_object_mut(), url) {
        fields.insert("url".into(), Value::String(url));
    }
    Ok(answer)
}

/// Saves the report beside the profile's other reports, and says where: as the record stands, or a version that was kept.
#[tauri::command]
pub async fn report_pdf(session: State<'_, Session>, callout: String, version: Option<u32>) -> Result<String, String> {
    let bytes = match version {
        Some(version) => session.desk.kept_report(&callout, version).await?,
        None => session.desk.report_pdf(&callout).await?,
    };
    let number = session.desk.detail(&callout).map_or_else(|| callout.clone(), |d| d.row.number);
    let safe: String = number.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let name = version.map_or_else(|| format!("{safe}.pdf"), |version| format!("{safe}-v{version}.pdf"));
    let path = session.profile.join("reports").join(name);
    keep(path, bytes).await
}

/// What only the hub knows of a call-out.
#[tauri::command]
pub async fn outside(session: State<'_, Session>, callout: String) -> Result<OutsideView, String> {
    session.desk.outside(&callout).await
}

/// Has the hub send again what was refused or given up.
#[tauri::command]
pub async fn send_again(session: State<'_, Session>, callout: String) -> Result<OutsideView, String> {
    session.desk.send_again(&callout).await
}

#[tauri::command]
pub async fn add_panel(session: State<'_, Session>, panel: Value) -> Result<Acted, String> {
    Ok(session.desk.add_panel(panel).await)
}

#[tauri::command]
pub async fn enrol_code(session: State<'_, Session>, officer: String) -> Result<Value, String> {
    session.desk.enrol_code(&officer).await
}

#[tauri::command]
pub async fn register(session: State<'_, Session>) -> Result<RegisterView, String> {
    Ok(session.desk.register())
}

#[tauri::command]
pub async fn site_history(session: State<'_, Session>, site: String) -> Result<Vec<PastCallout>, String> {
    Ok(session.desk.site_history(&site).await)
}

#[tauri::command]
pub async fn site_record(session: State<'_, Session>, site: String) -> Result<SiteRecord, String> {
    session.desk.site_record(&site).ok_or_else(|| "This site is not on this desk.".into())
}

/// What would become of a file: its bytes are the request's body.
#[tauri::command]
pub async fn preview_register(session: State<'_, Session>, request: Request<'_>) -> Result<ImportPreview, String> {
    let bytes = file_of(&request)?;
    Ok(session.desk.preview_register(bytes).await)
}

#[tauri::command]
pub async fn apply_register(session: State<'_, Session>, request: Request<'_>) -> Result<ImportPreview, String> {
    let bytes = file_of(&request)?;
    Ok(session.desk.apply_register(bytes).await)
}

/// Puts a PDF onto the hub: its bytes are the request's body. Answers its digest.
#[tauri::command]
pub async fn attach_document(session: State<'_, Session>, request: Request<'_>) -> Result<String, String> {
    let bytes = file_of(&request)?;
    session.desk.attach_document(bytes).await
}

/// The same for a picture of what good looks like.
#[tauri::command]
pub async fn attach_picture(session: State<'_, Session>, request: Request<'_>) -> Result<String, String> {
    let bytes = file_of(&request)?;
    session.desk.attach_picture(bytes).await
}

/// The bytes of such a picture.
#[tauri::command]
pub async fn hint_picture(session: State<'_, Session>, sha256: String) -> Result<Response, String> {
    session.desk.document(&sha256).await.map(Response::new)
}

/// Saves a document beside the profile's others, and says where. Two of one name stay two files.
#[tauri::command]
pub async fn open_document(session: State<'_, Session>, sha256: String, name: String) -> Result<String, String> {
    let bytes = session.desk.document(&sha256).await?;
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let stem: String = name.trim_end_matches(".pdf").chars().map(plain).take(80).collect();
    let start: String = sha256.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    let path = session.profile.join("documents").join(format!("{stem}-{start}.pdf"));
    keep(path, bytes).await
}

/// Writes a file of the profile, and says where it lies.
async fn keep(path: PathBuf, bytes: Vec<u8>) -> Result<String, String> {
    let saved = tokio::task::spawn_blocking(move || -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        std::fs::write(&path, bytes)?;
        Ok(path)
    })
    .await
    .map_err(|e| e.to_string())?
    .map_err(|e| format!("The file could not be saved: {e}."))?;
    Ok(saved.display().to_string())
}

fn file_of(request: &Request<'_>) -> Result<Vec<u8>, String> {
    match request.body() {
        InvokeBody::Raw(bytes) => Ok(bytes.clone()),
        InvokeBody::Json(_) => Err("The file did not arrive.".into()),
    }
}

/// Writes a part of the register beside the profile's other exports, and says where.
#[tauri::command]
pub async fn export_register(session: State<'_, Session>, what: String) -> Result<String, String> {
    let text = session.desk.export_register(&what).ok_or_else(|| format!("There is no “{what}” to export."))?;
    let ending = if what == "places" { "geojson" } else { "csv" };
    let path = session.profile.join("exports").join(format!("{what}.{ending}"));
    keep(path, text.into_bytes()).await
}

/// Lines to draw under everything: `map.geojson` in the profile, where an administrator put one.
#[tauri::command]
pub async fn map_base(session: State<'_, Session>) -> Result<Option<Value>, String> {
    let path = session.profile.join("map.geojson");
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await.map_err(|e| e.to_string())?;
    match read {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|e| format!("map.geojson is no GeoJSON: {e}.")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("map.geojson cannot be read: {error}.")),
    }
}

#[tauri::command]
pub async fn prefs(session: State<'_, Session>) -> Result<BTreeMap<String, String>, String> {
    Ok(session.desk.prefs().into_iter().collect())
}

#[tauri::command]
pub async fn set_pref(session: State<'_, Session>, key: String, value: String) -> Result<(), String> {
    session.desk.set_pref(&key, &value).await
}

/// The operator has this call-out open as it stands: its notification closes.
#[tauri::command]
pub async fn heard(session: State<'_, Session>, callout: String) -> Result<(), String> {
    session.desk.heard(&callout);
    Ok(())
}

/// When the rows of these alarms were on the glass: kept for the benchmark that asks for it.
#[tauri::command]
pub async fn painted(session: State<'_, Session>, alarm_ids: Vec<String>, painted_at_ms: f64) -> Result<(), String> {
    use std::io::Write;
    let Some(path) = std::env::var_os("WATCHHOUSE_PAINTED") else { return Ok(()) };
    let _ = &session;
    let written = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| alarm_ids.iter().try_for_each(|id| writeln!(file, "{id} {painted_at_ms}")));
    written.map_err(|e| e.to_string())
}
