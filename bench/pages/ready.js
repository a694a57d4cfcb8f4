requestAnimationFrame(() => (document.body.dataset.ready = 'true'));
