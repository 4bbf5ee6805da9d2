"""A PyTorch module, in evaluation mode and without gradients.

    runtime: process(["python3", "-m", "tenon_model", "--entry", "image_pytorch:Image"])
"""

import torch


class Image:
    def load(self):
        self.model = torch.jit.load("image.pt").eval()

    @torch.inference_mode()
    def predict(self, inputs):
        pixels = torch.from_numpy(inputs["pixels"].copy()).float()
        return {"label": self.model(pixels).argmax(dim=1).numpy()}
