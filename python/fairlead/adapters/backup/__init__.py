"""Files of a backup: taken from a venue that runs, packed into one, unpacked, and put in their place."""

from fairlead.adapters.backup.archive import Packed, pack, unpack
from fairlead.adapters.backup.log_files import copy_log, drop_what_was_cut, opened_log
from fairlead.adapters.backup.places import check_file, check_folder, place_file, place_folder, working_folder

__all__ = [
    "Packed",
    "check_file",
    "check_folder",
    "copy_log",
    "drop_what_was_cut",
    "opened_log",
    "pack",
    "place_file",
    "place_folder",
    "unpack",
    "working_folder",
]
