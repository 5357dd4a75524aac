"""The screens: customers, reviews, runs, users, in Chinese and English, for people in a browser.

``screens`` makes one router of all pages, for the program's own server (``app``, with its own login: ``users``,
``sessions``, ``throttle``) and for any other that knows its users, such as Airflow. ``access`` says who may what,
``guard`` and ``problems`` stand before and behind every request, ``rendering``, ``i18n``, ``formats``, ``masking`` and
``differences`` make text of values, ``queries`` reads what only the screens ask for, ``deciding``
carries verdicts out or has a second person asked, ``pages`` answers, ``api`` answers programs.

May import: everything but ``hub.cli`` and ``hub.demo``; never ``airflow``.
"""
