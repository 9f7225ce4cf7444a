import numpy as np

from engines.body.kinematics import posed_joints
from engines.body.pose import params_from_full_pose
from training.kit import Kit
from training.render.batch import open_body
from training.render.clips import ClipMaker, ClipOptions


def test_clip_shows_one_person_whose_truth_gives_the_joints(people_kit: Kit) -> None:
    body = open_body()
    options = ClipOptions(frames=3, size_px=48, every=1, waist_up=0, from_anywhere=0)
    maker = ClipMaker(people_kit, body, "train", options)
    pictures = list(maker.make(np.random.default_rng(4)))
    again = list(maker.make(np.random.default_rng(4)))
    assert len(pictures) == 3
    for picture, same in zip(pictures, again, strict=True):
        assert np.array_equal(picture.image, same.image)
        assert picture.image.shape == (48, 48, 3)
        assert np.array_equal(picture.betas, pictures[0].betas)
        rest = body.rest_joints(picture.betas)
        params = params_from_full_pose(
            picture.pose, betas=picture.betas, transl=picture.joints[0] - rest[0]
        )
        assert np.abs(posed_joints(body, params) - picture.joints).max() < 1e-4
        places = picture.joints[:22, :2] / picture.joints[:22, 2:] * picture.camera.fx
        assert (np.abs(places) < 30).all()  # the whole clip is in view
