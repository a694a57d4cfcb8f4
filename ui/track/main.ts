import '$lib/shared/base.css';
import '$lib/field/field.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { Follow } from './follow.svelte';

// `/t/{token}`: the token is the whole right to read, so it stays in the address and goes nowhere else.
const token = location.pathname.replace(/^\/t\//, '').split('/')[0] ?? '';
const follow = new Follow(token);
mount(App, { target: document.getElementById('app')!, props: { follow } });
void follow.start();
