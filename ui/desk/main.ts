import '$lib/shared/base.css';
import './desk.css';
import { mount } from 'svelte';
import { pickHost } from '$lib/desk/host/pick';
import App from './App.svelte';

void pickHost().then((host) => mount(App, { target: document.body, props: { host } }));
