"""What engines and devices are called in the window."""

from PyQt5.QtCore import QCoreApplication


def engine_word(name: str) -> str:
    """Return what an engine of the catalog is called; a name that is not in it stays as it is."""
    words = {
        "landmarks": QCoreApplication.translate("EngineWords", "Landmarks"),
        "expose": QCoreApplication.translate("EngineWords", "ExPose"),
        "expose-open": QCoreApplication.translate("EngineWords", "ExPose (open)"),
    }
    return words.get(name, name)


def device_word(name: str) -> str:
    """Return what a device is called in a sentence; a name that is not known stays as it is."""
    words = {
        "cpu": QCoreApplication.translate("EngineWords", "processor"),
        "cuda": QCoreApplication.translate("EngineWords", "graphics card"),
    }
    return words.get(name, name)
