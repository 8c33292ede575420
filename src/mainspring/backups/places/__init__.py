"""Where archives are kept: a folder, an S3 bucket, a server by SFTP."""

from mainspring.backups.places.base import Kept, Place, Unreachable, places
from mainspring.backups.places.folder import Folder
from mainspring.backups.places.s3 import Bucket
from mainspring.backups.places.sftp import Server

__all__ = ["Bucket", "Folder", "Kept", "Place", "Server", "Unreachable", "places"]
