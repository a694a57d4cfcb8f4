//! The real window through WebKitWebDriver, and phones and customers in Chromium through ChromeDriver.

use crate::eventually;
use crate::programs::program;
use anyhow::Context;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use thirtyfour::prelude::*;

/// A driver program and the sessions it runs.
pub struct Browser {
    child: Child,
    url: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Browser {
    async fn start(program: &str, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let port = free_port()?;
        let child = Command::new(program)
            .arg(format!("--port={port}"))
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{program} is not installed"))?;
        let address = format!("127.0.0.1:{port}");
        eventually(program, async || tokio::net::TcpStream::connect(&address).await.ok()).await;
        Ok(Self { child, url: format!("http://{address}") })
    }

    pub async fn webkit() -> anyhow::Result<Self> {
        // Without these two the window comes up but never lets itself be driven.
        Self::start("WebKitWebDriver", &[("TAURI_AUTOMATION", "true"), ("TAURI_WEBVIEW_AUTOMATION", "true")]).await
    }

    pub async fn chromium() -> anyhow::Result<Self> {
        Self::start("chromedriver", &[]).await
    }

    /// Opens our window. One at a time for each driver.
    pub async fn window(&self, profile: &Path, more: &[&str]) -> anyhow::Result<Page> {
        let mut arguments = vec!["--profile".to_owned(), profile.display().to_string()];
        arguments.extend(more.iter().map(|a| (*a).to_owned()));
        let mut capabilities = Capabilities::new();
        let options = serde_json::json!({ "binary": program("watchhouse"), "args": arguments });
        capabilities.set("webkitgtk:browserOptions", options)?;
        Ok(Page(WebDriver::new(&self.url, capabilities).await?))
    }

    /// Opens a page as a phone shows it.
    pub async fn page(&self, url: &str) -> anyhow::Result<Page> {
        let mut capabilities = DesiredCapabilities::chrome();
        let screen = serde_json::json!({ "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true });
        capabilities.add_experimental_option("mobileEmulation", serde_json::json!({ "deviceMetrics": screen }))?;
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--mute-audio",
        ] {
            capabilities.add_arg(argument)?;
        }
        let page = Page(WebDriver::new(&self.url, capabilities).await?);
        page.0.goto(url).await?;
        Ok(page)
    }
}

/// One page, found by what a person or a script can name.
pub struct Page(pub WebDriver);

impl Page {
    pub async fn find(&self, selector: &str) -> WebElement {
        eventually(&format!("“{selector}”"), async || {
            let found = self.0.find(By::Css(selector)).await.ok()?;
            found.is_displayed().await.ok()?.then_some(found)
        })
        .await
    }

    /// Presses it as soon as it can be pressed.
    pub async fn click(&self, selector: &str) {
        let since = std::time::Instant::now();
        eventually(&format!("pressing “{selector}”"), async || {
            if since.elapsed() > crate::PATIENCE / 2 {
                self.keep_picture().await;
            }
            let found = self.0.find(By::Css(selector)).await.ok()?;
            let _ = found.scroll_into_view().await;
            (found.is_enabled().await.ok()? && found.click().await.is_ok()).then_some(())
        })
        .await;
    }

    pub async fn id(&self, id: &str) -> WebElement {
        self.find(&format!("[data-testid=\"{id}\"]")).await
    }

    pub async fn press(&self, id: &str) {
        self.click(&format!("[data-testid=\"{id}\"]")).await;
    }

    /// Chooses a value inside a marked group.
    pub async fn choose(&self, id: &str, value: &str) {
        self.click(&format!("[data-testid=\"{id}\"] [data-value=\"{value}\"]")).await;
    }

    pub async fn write(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field takes text");
    }

    /// Presses a key where no field has the focus.
    pub async fn key(&self, key: &str) {
        self.find("body").await.send_keys(key).await.expect("a page takes keys");
    }

    /// Presses the first button within the selector that says this.
    pub async fn button(&self, within: &str, says: &str) {
        let since = std::time::Instant::now();
        eventually(&format!("pressing “{says}” in “{within}”"), async || {
            if since.elapsed() > crate::PATIENCE / 2 {
                self.keep_picture().await;
            }
            for button in self.0.find_all(By::Css(format!("{within} button"))).await.ok()? {
                if button.text().await.ok()?.contains(says) {
                    let _ = button.scroll_into_view().await;
                    if button.click().await.is_ok() {
                        return Some(());
                    }
                }
            }
            None
        })
        .await;
    }

    /// In a form over the page: chooses one of few.
    pub async fn pick(&self, value: &str) {
        self.click(&format!("dialog label:has(input[value=\"{value}\"])")).await;
    }

    /// In a form over the page: fills the field of this name.
    pub async fn fill(&self, name: &str, text: &str) {
        self.write(&format!("dialog [id$=\"-{name}\"]"), text).await;
    }

    /// Sends the form and waits until it is gone, which is when the desk has taken it.
    pub async fn submit(&self) {
        self.click("dialog button[type=submit]").await;
        eventually("the form to be taken", async || {
            self.0.find_all(By::Css("dialog[open]")).await.ok()?.is_empty().then_some(())
        })
        .await;
    }

    /// Waits for the page's main heading.
    pub async fn heading(&self, text: &str) {
        self.reads("h1", text).await;
    }

    /// Waits until the first element of the selector holds the text; in capitals it is the same text.
    pub async fn reads(&self, selector: &str, text: &str) {
        let since = std::time::Instant::now();
        let mut told = false;
        eventually(&format!("“{text}” in “{selector}”"), async || {
            let found = self.0.find(By::Css(selector)).await.ok()?.text().await.ok()?;
            if found.to_lowercase().contains(&text.to_lowercase()) {
                return Some(());
            }
            if since.elapsed() > crate::PATIENCE / 2 && !std::mem::replace(&mut told, true) {
                eprintln!("“{selector}” still reads “{found}”");
                self.keep_picture().await;
            }
            None
        })
        .await;
    }

    /// What the page shows instead, beside the test's program, for whoever looks into a failure.
    async fn keep_picture(&self) {
        if let Ok(test) = std::env::current_exe() {
            let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
            let _ = self.0.screenshot(&test.with_file_name(format!("{name}.failure.png"))).await;
        }
    }

    /// Waits until an attribute of the body has a value.
    pub async fn body(&self, attribute: &str, value: &str) {
        eventually(&format!("{attribute}={value}"), async || {
            let body = self.0.find(By::Css("body")).await.ok()?;
            (body.attr(attribute).await.ok()??.as_str() == value).then_some(())
        })
        .await;
    }

    pub async fn attribute(&self, selector: &str, attribute: &str) -> Option<String> {
        self.0.find(By::Css(selector)).await.ok()?.attr(attribute).await.ok()?
    }

    pub async fn close(self) {
        // A session that is gone already is closed.
        let _ = self.0.quit().await;
    }
}
