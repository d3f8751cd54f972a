"""Measured process: a training step of PyTorch with the fused Adam. In: settings as JSON. Out: a line a step."""

import json
import os
import sys

import timm
import torch
import torchvision
from torch import nn
from torch.nn import functional

from measured import peak_memory, tell, time_steps

settings = json.loads(sys.argv[1])
size, batch, heads = settings["size"], settings["batchSize"], settings["heads"]
layout = torch.channels_last if settings["channelsLast"] else torch.contiguous_format
torch.set_num_threads(len(os.sched_getaffinity(0)))
torch.manual_seed(0)


class ManyHeads(nn.Module):
    def __init__(self):
        super().__init__()
        library, _, name = settings["model"].rpartition("/")
        if library == "timm":
            self.features = timm.create_model(name, pretrained=False, num_classes=0, global_pool="")
            channels = self.features.num_features
            return self.add_towers(channels)
        backbone = getattr(torchvision.models, name)(weights=None)
        if hasattr(backbone, "features"):
            # DenseNet: the last ReLU stands outside of its features.
            self.features, channels = nn.Sequential(backbone.features, nn.ReLU()), backbone.classifier.in_features
        else:
            # ResNet: all but its own pooling and classifier.
            self.features, channels = nn.Sequential(*list(backbone.children())[:-2]), backbone.fc.in_features
        self.add_towers(channels)

    def add_towers(self, channels):
        self.towers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm1d(channels),
                nn.Dropout(0.1),
                nn.Linear(channels, 128),
                nn.ReLU(),
                nn.Linear(128, classes),
            )
            for classes in heads.values()
        )

    def forward(self, images):
        pooled = self.features(images).mean((2, 3))
        return [tower(pooled) for tower in self.towers]


model = ManyHeads().train().to(memory_format=layout)
optimizer = torch.optim.Adam(model.parameters(), settings["learningRate"], fused=True)
images = torch.randn(batch, 3, size, size).contiguous(memory_format=layout)
labels = [torch.randint(0, classes, (batch,)) for classes in heads.values()]


def step():
    optimizer.zero_grad()
    logits = model(images)
    loss = sum(functional.cross_entropy(values, truth) for values, truth in zip(logits, labels))
    loss.backward()
    optimizer.step()
    # The others count right answers in every step.
    correct = [(values.argmax(1) == truth).sum().item() for values, truth in zip(logits, labels)]
    assert all(0 <= count <= batch for count in correct)
    return loss.item()


time_steps(step, settings["steps"])
tell(
    peakBytes=peak_memory(),
    versions={"torch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__},
)
