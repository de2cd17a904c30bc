// What JupyterLab's page does besides, as a plain script that runs before JupyterLab itself.
// The address is that of the lesson on the screen: a reload shows it again, and Back leads to the page before.
{
    const NARROW = "(max-width: 700px)"; // px: the list of files would leave the lesson a strip
    const replace = history.replaceState.bind(history);

    /** JupyterLab opens what `?path=` names and then adds a step to the history without it; each Back opened a copy. */
    history.pushState = history.replaceState = (state, title, url) => {
        const next = new URL(url ?? location.href, location.href);
        const path = new URLSearchParams(location.search).get("path");
        if (path && next.pathname === location.pathname && !next.searchParams.has("path")) {
            next.searchParams.set("path", path);
        }
        replace(state, title, next.href);
    };

    /** The address and the window's title follow the document on the screen; a launcher or a terminal has none. */
    const follow = async ({ context }) => {
        const next = new URL(location.href);
        next.searchParams.set("path", context.localPath);
        replace(history.state, "", next.href);
        await context.ready;
        const heading = /^# +(.+)/.exec(context.model.cells?.get(0)?.sharedModel.source);
        document.title = `${heading?.[1] ?? context.localPath} - smtplesson`;
    };

    /** Close the list of files, also after JupyterLab has opened it to show there the lesson that `?path=` names. */
    const narrow = async ({ commands, restored, shell }) => {
        const shown = (_, { id, result }) => {
            if (id !== "docmanager:show-in-file-browser") return;
            commands.commandExecuted.disconnect(shown);
            result.then(() => shell.collapseLeft());
        };
        commands.commandExecuted.connect(shown);
        await restored;
        shell.collapseLeft();
    };

    // JupyterLab shows itself by this name once, before it starts
    Object.defineProperty(window, "jupyterapp", {
        configurable: true,
        set(app) {
            Object.defineProperty(window, "jupyterapp", { value: app });
            app.shell.currentChanged.connect((_, { newValue }) => newValue?.context && follow(newValue));
            if (matchMedia(NARROW).matches) narrow(app);
        },
    });
}
