/** The script of every page. Each module registers its own listeners; none knows a record type. */
import "./styles/index.css";
import "./requests";
import "./toast";
import "./preferences";
import "./menu";
import "./dialog";
import "./ask";
import "./keys";
import "./palette";
import "./selection";
import "./list-keys";
import "./columns";
import "./list-menus";
import "./list-focus";
import "./inline-edit";
import "./combobox";
import "./sections";
import "./tabs";
import "./source-card";
import "./upload";
import "./files";
import "./composer";
import "./drafts";
import "./prefetch";
import "./lazy";
import iconsUrl from "./generated/icons.svg?url";

document.documentElement.dataset.icons ||= iconsUrl;
