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
  const root = document.documentElement;
  root.dataset.islands = 'starting';
  // Where the islands do not start, the page must be whole: an exercise shows one
  // step at a time only while they are on their way.
  setTimeout(() => { if (root.dataset.islands === 'starting') root.dataset.islands = 'late'; }, 3000);
  const start = async () => {
    const module = await import(script);
    await module.default({ module_or_path: wasm });
    module.hydrate();
    await walk(document.body, module);
    root.dataset.islands = 'ready';
  };
  const begin = () => start().catch((error) => { root.dataset.islands = 'failed'; throw error; });
  if ('requestIdleCallback' in window) window.requestIdleCallback(begin); else begin();
}
