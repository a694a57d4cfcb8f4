import '$lib/shared/base.css';
import './write.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { Writing } from './writing.svelte';

// `/w/{token}`: the token is the whole right to write this list, so it stays in the address and goes nowhere else.
const token = location.pathname.replace(/^\/w\//, '').split('/')[0] ?? '';
const writing = new Writing(token);
mount(App, { target: document.getElementById('app')!, props: { writing } });
void writing.start();
