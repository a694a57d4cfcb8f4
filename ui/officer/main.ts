import '$lib/shared/base.css';
import '$lib/field/field.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { keepShell } from './shell';
import { Phone } from './phone.svelte';

// The service worker's scope is /officer/: a page at /officer would not start without signal.
if (location.pathname === '/officer') {
  location.replace(`/officer/${location.search}${location.hash}`);
} else {
  const phone = new Phone();
  mount(App, { target: document.getElementById('app')!, props: { phone } });
  void phone.start();
  // Not on shift: a page that was loaded anew may not ring before it is touched.
  const idle = () => !phone.view?.call_sign && !phone.view?.callout && !phone.view?.offer && !phone.acceptance;
  if (import.meta.env.PROD) void keepShell(idle);
}
