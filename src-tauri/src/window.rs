//! Opens the desk, then the window over it; passes messages between them and decides nothing.

use crate::commands::{self, Session};
use crate::embedded::Embedded;
use crate::notifications::{About, Notifier, Pressed};
use crate::options::Options;
use crate::secrets::{Kept, Secrets};
use anyhow::Context;
use desk::{Alert, Config, Desk};
use protocol::view::Act;
use serde_json::json;
use std::path::Path;
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tokio::sync::mpsc;

/// The window as it opens without a size of its own, in logical pixels.
const SIZE: (f64, f64) = (1440.0, 900.0);
const SIZE_MIN: (f64, f64) = (1024.0, 640.0);

pub fn run(options: Options) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    hub::serve::install_crypto();
    let profile = options.profile()?;
    let _one_window = only_one(&profile)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let Joined { config, kept, own_hub } = join(&options, &profile)?;
    let desk = runtime.block_on(Desk::open(config)).context("the desk could not be opened")?;
    if let Kept::File(words) = kept {
        desk.note_keyring(&words);
    }
    let size = options.size.unwrap_or(SIZE);
    let mut builder = tauri::Builder::default();
    // A size that was asked for counts more than the one remembered.
    if options.size.is_none() {
        builder = builder.plugin(tauri_plugin_window_state::Builder::default().build());
    }
    builder
        .manage(Session::new(desk.clone(), profile, own_hub))
        .invoke_handler(tauri::generate_handler![
            commands::board,
            commands::subscribe,
            commands::detail,
            commands::handover,
            commands::place,
            commands::call_help,
            commands::look_up_words,
            commands::words_at,
            commands::act,
            commands::resolve,
            commands::picture,
            commands::attach_document,
            commands::attach_picture,
            commands::hint_picture,
            commands::open_document,
            commands::tracking_link,
            commands::writing_link,
            commands::report_pdf,
            commands::add_panel,
            commands::enrol_code,
            commands::map_base,
            commands::prefs,
            commands::set_pref,
            commands::heard,
            commands::painted,
            commands::leaving,
            commands::register,
            commands::site_record,
            commands::site_history,
            commands::preview_register,
            commands::apply_register,
            commands::export_register,
            commands::stay,
            commands::leave,
            commands::outside,
            commands::send_again,
        ])
        .setup(move |app| {
            let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Watchhouse")
                .inner_size(size.0, size.1)
                .min_inner_size(SIZE_MIN.0.min(size.0), SIZE_MIN.1.min(size.1));
            if options.size.is_some() {
                window = window.position(0.0, 0.0);
            }
            window.build()?;
            let handle = app.handle().clone();
            tauri::async_runtime::spawn(alerts(handle, desk.clone()));
            Ok(())
        })
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } => {
                if let Some(leaving) = window.state::<Session>().question() {
                    api.prevent_close();
                    let _ = window.emit("leaving", leaving);
                }
            }
            WindowEvent::Destroyed => window.app_handle().exit(0),
            _ => {}
        })
        .run(tauri::generate_context!())
        .context("the window failed")?;
    Ok(())
}

/// A second window on the same profile would send the same outbox twice over.
fn only_one(profile: &Path) -> anyhow::Result<std::fs::File> {
    let lock = std::fs::File::create(profile.join("desk.lock"))?;
    lock.try_lock().map_err(|_| {
        anyhow::anyhow!("this desk is open already (profile {}); look for its window", profile.display())
    })?;
    Ok(lock)
}

/// How this desk stands to its hub.
struct Joined {
    config: Config,
    kept: Kept,
    /// The hub when it is our own.
    own_hub: Option<Embedded>,
}

/// Which hub, and by what token: a shared one as told, or our own.
fn join(options: &Options, profile: &Path) -> anyhow::Result<Joined> {
    let secrets = Secrets::new(profile);
    let mut own_hub = None;
    let (hub, token, kept) = match (&options.hub, &options.token_file) {
        (Some(hub), Some(file)) => {
            let token = std::fs::read_to_string(file)
                .with_context(|| format!("the token file {} cannot be read", file.display()))?;
            let kept = secrets.put(token.trim())?;
            (hub.clone(), token.trim().to_owned(), kept)
        }
        (Some(hub), None) => {
            let (token, kept) = secrets.get().context("this desk has no token for that hub: give --token-file once")?;
            (hub.clone(), token, kept)
        }
        (None, _) => {
            let embedded = Embedded::new(profile);
            let announced = embedded.start(options)?;
            tracing::info!(pid = announced.pid, dc09 = %announced.dc09, "the desk's own hub is up");
            let (token, kept) = match secrets.get() {
                Some(found) => found,
                None => {
                    let token = embedded.new_token()?;
                    let kept = secrets.put(&token)?;
                    (token, kept)
                }
            };
            embedded.watch(announced);
            own_hub = Some(embedded);
            (format!("http://{}", announced.http), token, kept)
        }
    };
    let config = Config { dir: profile.to_owned(), hub, token, desk_number: options.desk };
    Ok(Joined { config, kept, own_hub })
}

/// New alarms and calls for help go to the desktop, taken ones leave it; its buttons come back as actions.
async fn alerts(app: AppHandle, desk: Desk) {
    let (pressed, mut buttons) = mpsc::channel(16);
    let notifier = Notifier::start(pressed).await;
    let mut alerts = desk.alerts();
    loop {
        tokio::select! {
            Some(button) = buttons.recv() => answer(&app, &desk, button).await,
            alert = alerts.recv() => match (alert, &notifier) {
                (Some(Alert::Raise { alarm, title, body }), Some(notifier)) => {
                    notifier.raise(About::Alarm(alarm.id.clone()), alarm.priority, &title, &body).await;
                }
                (Some(Alert::Call { callout, priority, title, body }), Some(notifier)) => {
                    notifier.raise(About::Callout(callout), priority, &title, &body).await;
                }
                (Some(Alert::Silence { id }), Some(notifier)) => {
                    notifier.close(&About::Alarm(id.clone())).await;
                    notifier.close(&About::Callout(id)).await;
                }
                (Some(_), None) => {}
                (None, notifier) => {
                    if let Some(notifier) = notifier {
                        notifier.close_all().await;
                    }
                    return;
                }
            },
        }
    }
}

async fn answer(app: &AppHandle, desk: &Desk, pressed: Pressed) {
    if let Pressed::Take(About::Alarm(alarm)) = &pressed {
        let act = Act { kind: "alarm.take".into(), target: alarm.clone(), body: json!({}), on_behalf_of: None };
        desk.act(act).await;
    }
    // Shown in the window; only pressing *Show* brings the window to the front.
    if let (Pressed::Show(_), Some(window)) = (&pressed, app.get_webview_window("main")) {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    let what = match pressed {
        Pressed::Take(About::Alarm(id)) | Pressed::Show(About::Alarm(id)) => json!({ "alarm": id }),
        Pressed::Take(About::Callout(id)) | Pressed::Show(About::Callout(id)) => json!({ "callout": id }),
    };
    let _ = app.emit("attend", what);
}
