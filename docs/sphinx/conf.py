# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for the site that ``make docs`` builds."""

from __future__ import annotations

project = "configmgr.site"
copyright = "configmgr.site contributors"
html_title = "configmgr.site"
html_short_title = "configmgr.site"

extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["names.css"]
html_copy_source = False
html_use_index = False
default_role = "any"

# Every reference must lead somewhere, except those to Ansible's own pages: the site is built without the internet.
nitpicky = True
nitpick_ignore_regex = [
    ("std:ref", r"ansible_collections\.ansible\.builtin\..*"),
    ("std:ref", "action_plugins|ansible_configuration_settings|common_return_values"),
]
