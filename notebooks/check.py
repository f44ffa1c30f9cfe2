"""Executes a notebook against a bundle and fails when a cell fails.

usage: python notebooks/check.py NOTEBOOK BUNDLE OUT

The executed copy goes to OUT/; the notebook itself is only read. It must be committed without outputs.
Everything Jupyter and matplotlib would keep in the home folder is kept in OUT/ instead.
"""

import os
import sys
from pathlib import Path


def main(notebook_path: Path, bundle: Path, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        CORRIDOR_BUNDLE=str(bundle),
        IPYTHONDIR=str(out / "ipython"),
        JUPYTER_CONFIG_DIR=str(out / "jupyter"),
        JUPYTER_DATA_DIR=str(out / "jupyter"),
        JUPYTER_PREFER_ENV_PATH="1",
        JUPYTER_RUNTIME_DIR=str(out / "jupyter"),
        MPLCONFIGDIR=str(out / "matplotlib"),
    )
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    notebook = nbformat.read(notebook_path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    problems = committed_problems(notebook)
    if problems:
        return report(problems)

    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook_path.parent)}},
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return report([str(error)])
    finally:
        nbformat.write(notebook, out / notebook_path.name)

    problems = executed_problems(notebook)
    if problems:
        return report(problems)
    print(f"{notebook_path.name}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} code cells, no error")
    print(last_text(notebook))
    return 0


def committed_problems(notebook) -> list[str]:
    """What a committed notebook must not have: outputs, counts, or ids that change from save to save."""
    problems = []
    ids = [cell.get("id") for cell in notebook.cells]
    if len(set(ids)) != len(ids) or None in ids:
        problems.append("every cell needs an id of its own")
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            problems.append(f"cell {cell.id} is committed with outputs: clear them")
    return problems


def executed_problems(notebook) -> list[str]:
    """Errors and warnings among the outputs; a notebook that draws nothing has failed too."""
    problems = []
    pictures = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                problems.append(f"cell {cell.id}: {output.ename}: {output.evalue}")
            elif output.output_type == "stream" and output.name == "stderr":
                problems.append(f"cell {cell.id} wrote to stderr: {output.text.strip()}")
            pictures += "image/png" in output.get("data", {})
    if pictures == 0:
        problems.append("no cell drew a picture")
    if not last_text(notebook):
        problems.append("the last code cell gave no answer")
    return problems


def last_text(notebook) -> str:
    """What the last code cell says."""
    cell = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    texts = [output.get("text") or output.get("data", {}).get("text/markdown", "") for output in cell.outputs]
    return "".join(texts).strip()


def report(problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    # the kernel runs in the notebook's own folder
    sys.exit(main(*(Path(argument).resolve() for argument in sys.argv[1:])))
