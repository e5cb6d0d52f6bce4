(script, wasm) => {
  const parents = [];
  const wake = async (element, module) => {
    const start = module[element.dataset.component];
    if (!start) {
      console.warn(`There is no island ${element.dataset.component}.`);
      return;
    }
    parents.at(-1)?.();
    await start(element);
  };
  const walk = async (element, module) => {
    const name = element.localName;
    if (name === 'leptos-island') await wake(element, module);
    if (name === 'leptos-children') parents.push(element.$$on_hydrate);
    for (const child of element.children) await walk(child, module);
    if (name === 'leptos-children') parents.pop();
  };
  const start = async () => {
    const module = await import(script);
    await module.default({ module_or_path: wasm });
    module.hydrate();
    await walk(document.body, module);
    document.documentElement.dataset.islands = 'ready';
  };
  if ('requestIdleCallback' in window) window.requestIdleCallback(start); else start();
}
