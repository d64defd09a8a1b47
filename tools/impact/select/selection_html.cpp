#include <fmt/format.h>
#include <fmt/ranges.h>
#include <impact/select/selection_html.h>
#include <impact/select/selection_text.h>
#include <noderig/framework/report/html.h>
#include <map>

namespace noderig::impact {
namespace {

using html::escape;

class Page {
 public:
  explicit Page(const Selection& selection) : all_(selection) {
    for (std::size_t i = 0; i < all_.diff.changes.size(); ++i) {
      numbers_[all_.diff.changes[i].id] = i;
    }
    tests_.resize(all_.diff.changes.size());
    for (const SelectedTest& test : all_.selected) {
      for (const std::string& change : test.changes) {
        tests_[numbers_.at(change)].push_back(test.id.text());
      }
    }
  }

  std::string whole() const {
    return html::page({.title = title(),
                       .body = fmt::format("<h1>{}</h1>\n{}{}{}{}{}", escape(title()), summary(),
                                           untested(), reasons(), tests(), changes())});
  }

 private:
  std::string title() const {
    return fmt::format("{} of {} tests selected", all_.selected.size(), all_.total_tests);
  }

  std::string summary() const {
    std::string text =
        fmt::format("<p>From <code>{}</code> to <code>{}</code>: {} changes.</p>\n",
                    escape(all_.diff.before), escape(all_.diff.after), all_.diff.changes.size());
    if (!all_.limited_to.empty()) {
      text += fmt::format(
          "<p class=\"warn\">Limited to {}: other tests may be affected, and may reach what is "
          "said to be untested.</p>\n",
          escape(fmt::format("{}", fmt::join(all_.limited_to, ", "))));
    }
    return text;
  }

  std::string link_to_change(const std::string& id) const {
    const auto number = numbers_.find(id);
    if (number == numbers_.end()) return escape(id);
    return fmt::format("<a href=\"#c{}\">{}</a>", number->second, escape(id));
  }

  std::string untested() const {
    if (all_.untested.empty()) {
      return all_.recorded_revision.empty() ? ""
                                            : "<p class=\"good\">Tests reach every change.</p>\n";
    }
    std::string text = "<h2 class=\"bad\">Changes that no test reaches</h2>\n<ul>\n";
    for (const UntestedChange& one : all_.untested) {
      const Change* change = all_.diff.find(one.id);
      text += fmt::format(
          "<li>{} <span class=\"quiet\">{}, {}</span></li>\n", link_to_change(one.id),
          change == nullptr ? "" : escape(change_text(*change)), to_string(one.evidence));
    }
    return text + "</ul>\n";
  }

  std::string reasons() const {
    if (!all_.diff.everything()) return {};
    std::string text = "<h2 class=\"warn\">Why everything must run</h2>\n<ul>\n";
    for (const Reason& reason : all_.diff.reasons) {
      text += fmt::format("<li><code>{}</code> {} <span class=\"quiet\">{}</span></li>\n",
                          escape(reason.file), escape(reason.text), escape(reason.code));
    }
    return text + "</ul>\n";
  }

  std::string tests() const {
    if (all_.selected.empty()) return {};
    std::string text =
        "<h2>Tests to run, in this order</h2>\n<div class=\"scroll\"><table>\n"
        "<thead><tr><th scope=\"col\">Test</th><th scope=\"col\">Why</th>"
        "<th scope=\"col\" class=\"number\">Seconds</th><th scope=\"col\">Changes</th></tr></thead>"
        "\n<tbody>\n";
    for (std::size_t i = 0; i < all_.selected.size(); ++i) {
      const SelectedTest& test = all_.selected[i];
      text += fmt::format(
          "<tr><th scope=\"row\">{}{}</th><td>{}</td><td class=\"number\">{:.2f}</td><td>{}</td>"
          "</tr>\n",
          escape(test.id.text()),
          i < all_.first_wave ? " <span class=\"badge good\">first wave</span>" : "",
          to_string(test.why), test.seconds, links(test.changes));
    }
    return text + "</tbody>\n</table></div>\n";
  }

  std::string links(const std::vector<std::string>& ids) const {
    std::string text;
    for (const std::string& id : ids) text += link_to_change(id) + "<br>";
    if (ids.size() <= 3) return text;
    return fmt::format("<details><summary>{} changes</summary>{}</details>", ids.size(), text);
  }

  std::string changes() const {
    if (all_.diff.changes.empty()) return {};
    std::string text =
        "<h2>Changes</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Change</th>"
        "<th scope=\"col\">Place</th><th scope=\"col\">Selected tests</th></tr></thead>\n<tbody>\n";
    for (std::size_t i = 0; i < all_.diff.changes.size(); ++i) {
      const Change& change = all_.diff.changes[i];
      std::string tests;
      for (const std::string& test : tests_[i]) tests += escape(test) + "<br>";
      text += fmt::format(
          "<tr id=\"c{}\"><th scope=\"row\">{}</th><td>{}:{}</td><td><details><summary>{}</summary>"
          "{}</details></td></tr>\n",
          i, escape(change_text(change)), escape(change.file), change.line, tests_[i].size(),
          tests);
    }
    return text + "</tbody>\n</table></div>\n";
  }

  const Selection& all_;
  std::map<std::string, std::size_t> numbers_{};
  std::vector<std::vector<std::string>> tests_{};  // by change
};

}  // namespace

std::string selection_html(const Selection& selection) {
  return Page(selection).whole();
}

}  // namespace noderig::impact
