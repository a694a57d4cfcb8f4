//! An officer with a phone: does what the screens ask for, in their order.

use crate::driver::Page;
use std::path::Path;
use thirtyfour::prelude::*;

pub struct Phone(pub Page);

impl Phone {
    pub async fn sign_on(&self, call_sign: &str) {
        self.0.heading("Sign on").await;
        let units = self.0.0.find_all(By::Css("button")).await.expect("the page has buttons");
        for unit in units {
            if unit.text().await.is_ok_and(|text| text.contains(call_sign)) {
                unit.click().await.expect("a unit can be chosen");
                break;
            }
        }
        self.0.press("sign-on").await;
        self.0.heading("Waiting for a call-out").await;
    }

    pub async fn accept(&self) {
        self.0.press("offer-accept").await;
        self.0.id("rams-sign").await;
    }

    pub async fn go_there(&self) {
        self.0.press("rams-sign").await;
        self.travel().await;
    }

    /// Confirms the place, goes there, and comes on foot.
    pub async fn travel(&self) {
        self.0.heading("Is this the place?").await;
        self.0.press("location-confirm").await;
        self.0.heading("Set off").await;
        self.0.press("en-route").await;
        self.0.heading("On your way").await;
        self.0.press("arrive").await;
        self.0.heading("Where did you park?").await;
        self.0.press("on-foot").await;
    }

    pub async fn assess(&self) {
        self.0.heading("Site checklist").await;
        self.0.choose("checklist-vehicles", "no").await;
        self.0.press("checklist-done").await;
        self.judge_safe().await;
    }

    /// The assessment, with something seen and something done about it.
    pub async fn judge_safe(&self) {
        self.0.heading("Is it safe to go on?").await;
        for value in ["none seen", "poor", "wet", "dog", "torch"] {
            self.0.click(&format!("[data-value=\"{value}\"]")).await;
        }
        self.0.click("[data-testid=\"dra-decision\"] [data-decision=\"proceed_with_controls\"]").await;
    }

    pub async fn checklist(&self, picture: &Path) {
        self.0.heading("Site checklist").await;
        self.0.choose("checklist-door-closed", "yes").await;
        self.take_picture("checklist-door-picture", picture).await;
        self.0.press("checklist-done").await;
    }

    pub async fn inspect(&self) {
        self.0.heading("Look round outside").await;
        let groups = self.0.0.find_all(By::Css("[data-testid^=\"finding-outside-\"]")).await.expect("findings");
        for group in groups {
            let id = group.attr("data-testid").await.ok().flatten().expect("a finding's mark");
            self.0.choose(&id, "ok").await;
        }
        self.0.press("inspection-record").await;
        self.0.heading("Look round inside").await;
        self.0.press("stay-out").await;
        self.0.write("#out", "Key safe empty").await;
        self.0.press("not-entered").await;
        self.0.heading("Did somebody get in?").await;
        for opening in ["door", "window", "roof", "wall", "shutter", "lock"] {
            self.0.choose(&format!("opening-{opening}"), "intact").await;
        }
        self.0.click("[data-value=\"none\"]").await;
        self.0.press("forced-record").await;
    }

    /// Looks round outside, finds one thing wrong, and goes no further in.
    pub async fn inspect_with_issue(&self, what: &str, note: &str, stays_out: &str) {
        self.0.heading("Look round outside").await;
        let groups = self.0.0.find_all(By::Css("[data-testid^=\"finding-outside-\"]")).await.expect("findings");
        for group in groups {
            let id = group.attr("data-testid").await.ok().flatten().expect("a finding's mark");
            let wrong = id.ends_with(what);
            self.0.choose(&id, if wrong { "issue" } else { "ok" }).await;
            if wrong {
                self.0.write(&format!("[data-testid=\"{id}\"] input:not([type=file])"), note).await;
            }
        }
        self.0.press("inspection-record").await;
        self.0.heading("Look round inside").await;
        self.0.press("stay-out").await;
        self.0.write("#out", stays_out).await;
        self.0.press("not-entered").await;
    }

    /// A window was forced and somebody got in; the police know.
    pub async fn forced_window(&self, picture: &Path, reference: &str) {
        self.0.heading("Did somebody get in?").await;
        for opening in ["door", "roof", "wall", "shutter", "lock"] {
            self.0.choose(&format!("opening-{opening}"), "intact").await;
        }
        self.0.choose("opening-window", "forced").await;
        self.take_picture("opening-window", picture).await;
        self.0.click("[data-value=\"entry\"]").await;
        self.0.reads("main", "Touch nothing. Keep others out.").await;
        for label in ["Is the scene preserved?", "Were the police told?"] {
            self.answer(label, "yes").await;
        }
        self.0.write("#cad", reference).await;
        self.0.press("forced-record").await;
    }

    /// Sets a pin in the middle of the site's plan.
    pub async fn pin(&self, within: &str) {
        let within = format!("[data-testid=\"{within}\"]");
        self.0.button(&within, "Show it on the plan").await;
        self.0.click("dialog button.plan").await;
        self.0.find("dialog .pin").await;
        self.0.press("plan-done").await;
        self.0.reads(&within, "On the plan").await;
    }

    /// Takes a picture where one is asked for.
    pub async fn take_picture(&self, within: &str, picture: &Path) {
        let input = By::Css(format!("[data-testid=\"{within}\"] input[type=file]"));
        let input = crate::eventually("the picture's input", async || self.0.0.find(input.clone()).await.ok()).await;
        input.send_keys(picture.display().to_string()).await.expect("a picture can be chosen");
        self.0.find(&format!("[data-testid=\"{within}\"] img")).await;
    }

    /// Chooses in the group with this label.
    pub async fn answer(&self, label: &str, value: &str) {
        let path = format!("//*[@role='group'][.//*[text()='{label}']]//*[@data-value='{value}']");
        crate::eventually(&format!("“{label}”"), async || {
            let button = self.0.0.find(By::XPath(path.as_str())).await.ok()?;
            let _ = button.scroll_into_view().await;
            button.click().await.ok()
        })
        .await;
    }

    /// Answers a question of the procedure.
    pub async fn ask(&self, title: &str, choice: &str, note: &str) {
        self.0.heading(title).await;
        self.0.press(&format!("choice-{choice}")).await;
        if !note.is_empty() {
            self.0.write("textarea", note).await;
        }
        self.0.press("ask-record").await;
    }

    /// Holds the emergency button until it says that it is raised.
    pub async fn hold_emergency(&self) {
        let button = self.0.id("emergency").await;
        button.scroll_into_view().await.expect("the button can be reached");
        let chain = || self.0.0.action_chain();
        chain().click_and_hold_element(&button).perform().await.expect("a button can be held");
        self.0.reads("[data-testid=\"emergency\"]", "Emergency raised").await;
        chain().release().perform().await.expect("and let go");
    }

    pub async fn secure(&self) {
        self.0.heading("Secure it, reset the alarm").await;
        for value in ["secure", "set", "officer"] {
            self.0.click(&format!("[data-value=\"{value}\"]")).await;
        }
        self.0.press("secure-record").await;
    }

    pub async fn report(&self, narrative: &str) {
        self.report_of(narrative, Some("user_error")).await;
    }

    /// Only an alarm has a cause.
    pub async fn report_of(&self, narrative: &str, cause: Option<&str>) {
        self.0.heading("Finish the report").await;
        self.0.write("#narrative", narrative).await;
        if let Some(cause) = cause {
            self.0.click(&format!("[data-value=\"{cause}\"]")).await;
        }
        let pad = self.0.id("signature").await;
        pad.scroll_into_view().await.expect("the pad can be reached");
        self.0
            .0
            .action_chain()
            .move_to_element_center(&pad)
            .click_and_hold()
            .move_by_offset(40, -15)
            .move_by_offset(30, 20)
            .release()
            .perform()
            .await
            .expect("a signature can be drawn");
        self.0.press("report-submit").await;
    }

    /// Until nothing waits on the phone any more.
    pub async fn all_sent(&self) {
        crate::eventually("the phone to have sent everything", async || {
            let count = self.0.attribute("[data-testid=\"not-sent-count\"]", "data-count").await?;
            (count == "0").then_some(())
        })
        .await;
    }
}
