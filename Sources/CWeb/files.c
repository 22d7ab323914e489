#include "CWeb.h"

static const unsigned char client[] = {
#embed "roomcast.js"
};

static const unsigned char types[] = {
#embed "roomcast.d.ts"
};

static const unsigned char page[] = {
#embed "console/index.html"
};

static const unsigned char base_style[] = {
#embed "console/base.css"
};

static const unsigned char chart_script[] = {
#embed "console/chart.js"
};

static const unsigned char connections_script[] = {
#embed "console/connections.js"
};

static const unsigned char console_style[] = {
#embed "console/console.css"
};

static const unsigned char dialogs_script[] = {
#embed "console/dialogs.js"
};

static const unsigned char dom_script[] = {
#embed "console/dom.js"
};

static const unsigned char feed_script[] = {
#embed "console/feed.js"
};

static const unsigned char filter_script[] = {
#embed "console/filter.js"
};

static const unsigned char format_script[] = {
#embed "console/format.js"
};

static const unsigned char hub_script[] = {
#embed "console/hub.js"
};

static const unsigned char keyboard_script[] = {
#embed "console/keyboard.js"
};

static const unsigned char main_script[] = {
#embed "console/main.js"
};

static const unsigned char members_script[] = {
#embed "console/members.js"
};

static const unsigned char metrics_script[] = {
#embed "console/metrics.js"
};

static const unsigned char monitor_script[] = {
#embed "console/monitor.js"
};

static const unsigned char nodes_script[] = {
#embed "console/nodes.js"
};

static const unsigned char overview_script[] = {
#embed "console/overview.js"
};

static const unsigned char polling_script[] = {
#embed "console/polling.js"
};

static const unsigned char publish_script[] = {
#embed "console/publish.js"
};

static const unsigned char room_script[] = {
#embed "console/room.js"
};

static const unsigned char rooms_script[] = {
#embed "console/rooms.js"
};

static const unsigned char signin_script[] = {
#embed "console/signin.js"
};

static const unsigned char statebadge_script[] = {
#embed "console/statebadge.js"
};

static const unsigned char table_script[] = {
#embed "console/table.js"
};

static const unsigned char theme_script[] = {
#embed "console/theme.js"
};

static const struct web_file files[] = {
  {"/roomcast.js", "text/javascript; charset=utf-8", client, sizeof client},
  {"/roomcast.d.ts", "text/plain; charset=utf-8", types, sizeof types},
  {"/", "text/html; charset=utf-8", page, sizeof page},
  {"/console/base.css", "text/css; charset=utf-8", base_style, sizeof base_style},
  {"/console/chart.js", "text/javascript; charset=utf-8", chart_script, sizeof chart_script},
  {"/console/connections.js", "text/javascript; charset=utf-8", connections_script, sizeof connections_script},
  {"/console/console.css", "text/css; charset=utf-8", console_style, sizeof console_style},
  {"/console/dialogs.js", "text/javascript; charset=utf-8", dialogs_script, sizeof dialogs_script},
  {"/console/dom.js", "text/javascript; charset=utf-8", dom_script, sizeof dom_script},
  {"/console/feed.js", "text/javascript; charset=utf-8", feed_script, sizeof feed_script},
  {"/console/filter.js", "text/javascript; charset=utf-8", filter_script, sizeof filter_script},
  {"/console/format.js", "text/javascript; charset=utf-8", format_script, sizeof format_script},
  {"/console/hub.js", "text/javascript; charset=utf-8", hub_script, sizeof hub_script},
  {"/console/keyboard.js", "text/javascript; charset=utf-8", keyboard_script, sizeof keyboard_script},
  {"/console/main.js", "text/javascript; charset=utf-8", main_script, sizeof main_script},
  {"/console/members.js", "text/javascript; charset=utf-8", members_script, sizeof members_script},
  {"/console/metrics.js", "text/javascript; charset=utf-8", metrics_script, sizeof metrics_script},
  {"/console/monitor.js", "text/javascript; charset=utf-8", monitor_script, sizeof monitor_script},
  {"/console/nodes.js", "text/javascript; charset=utf-8", nodes_script, sizeof nodes_script},
  {"/console/overview.js", "text/javascript; charset=utf-8", overview_script, sizeof overview_script},
  {"/console/polling.js", "text/javascript; charset=utf-8", polling_script, sizeof polling_script},
  {"/console/publish.js", "text/javascript; charset=utf-8", publish_script, sizeof publish_script},
  {"/console/room.js", "text/javascript; charset=utf-8", room_script, sizeof room_script},
  {"/console/rooms.js", "text/javascript; charset=utf-8", rooms_script, sizeof rooms_script},
  {"/console/signin.js", "text/javascript; charset=utf-8", signin_script, sizeof signin_script},
  {"/console/statebadge.js", "text/javascript; charset=utf-8", statebadge_script, sizeof statebadge_script},
  {"/console/table.js", "text/javascript; charset=utf-8", table_script, sizeof table_script},
  {"/console/theme.js", "text/javascript; charset=utf-8", theme_script, sizeof theme_script},
};

const struct web_file *web_files(size_t *count) {
  *count = sizeof files / sizeof *files;
  return files;
}
