from core.usecases.reserve import reserve
import pytest
@pytest.mark.parametrize("n",range(3))
async def test_a(scene,n): print(await scene.desk.run(reserve,scene.actor,scene.request()))
